import { type Counts, remainingOf, type Sample } from '../../src/domain/migration.ts';
import {
  callsLeft,
  duration,
  estimate,
  etaSeconds,
  ratePerMinute,
  sampled,
  slowedByMails,
} from '../../src/domain/progress.ts';
import { HOUR, MINUTE, SECOND } from '../../src/time.ts';

const counts = (values: Partial<Counts>): Counts => ({
  eligible: 1_000,
  done: 0,
  failed: 0,
  skipped: 0,
  skippedBy: {},
  ...values,
});

test('who is neither done nor failed remains; who is skipped never counted', () => {
  expect(remainingOf(counts({ done: 300, failed: 50, skipped: 500 }))).toBe(650);
});

test('nobody remains when more people are done than are eligible by now', () => {
  expect(remainingOf(counts({ eligible: 10, done: 11 }))).toBe(0);
});

test('the rate is that of the samples, not of the whole run', () => {
  const samples = [
    { atMs: 100_000, done: 5_000 },
    { atMs: 115_000, done: 5_090 },
    { atMs: 130_000, done: 5_300 },
  ];
  expect(ratePerMinute(samples)).toBe(600);
});

test.each<[string, Sample[]]>([
  ['without samples', []],
  ['with one sample', [{ atMs: 0, done: 5 }]],
  [
    'with samples of almost the same moment',
    [
      { atMs: 0, done: 5 },
      { atMs: 999, done: 50 },
    ],
  ],
])('%s no rate is known', (_, samples) => {
  expect(ratePerMinute(samples)).toBeNull();
});

test('a standstill is a rate of zero', () => {
  expect(
    ratePerMinute([
      { atMs: 0, done: 5 },
      { atMs: MINUTE, done: 5 },
    ]),
  ).toBe(0);
});

test('samples older than a minute no longer count', () => {
  const samples = [0, 30 * SECOND, 60 * SECOND].map((atMs) => ({ atMs, done: 1 }));
  const later = sampled(samples, { atMs: 75 * SECOND, done: 9 });
  expect(later.map(({ atMs }) => atMs)).toEqual([30 * SECOND, 60 * SECOND, 75 * SECOND]);
});

test('the time left is what remains at the present rate, rounded up', () => {
  expect(etaSeconds(counts({ done: 399, failed: 1 }), 601)).toBe(60);
});

test('when everybody is done no time is left, whatever the rate', () => {
  expect(etaSeconds(counts({ done: 990, failed: 10 }), null)).toBe(0);
});

test.each([
  ['the rate is unknown', 500, null],
  ['nothing moves', 500, 0],
  ['fewer are done than a minute ago', 500, -60],
  ['less than one in a hundred is done', 9, 600],
])('the time left is unknown while %s', (_, done, perMinute) => {
  expect(etaSeconds(counts({ done }), perMinute)).toBeNull();
});

test('the time left is told as soon as one in a hundred is done', () => {
  expect(etaSeconds(counts({ done: 10 }), 600)).toBe(99);
});

test('a rate is never negative', () => {
  expect(
    ratePerMinute([
      { atMs: 0, done: 50 },
      { atMs: MINUTE, done: 5 },
    ]),
  ).not.toBeLessThan(0);
});

test('a million people at 600 a minute take about 27 h 47 min', () => {
  expect(estimate(1_000_000, 600, 'configured')).toEqual({
    people: 1_000_000,
    seconds: 100_000,
    perMinute: 600,
    source: 'configured',
    text: 'about 27 h 47 min at 600 a minute, as configured',
  });
});

test('an estimate says when its rate comes from Okta', () => {
  expect(estimate(300, 600, 'seen').text).toBe('about 30 s at 600 a minute, as last seen from Okta');
});

test.each([
  [0, '0 s'],
  [12 * SECOND, '12 s'],
  [3 * MINUTE, '3 min'],
  [3 * MINUTE + 20 * SECOND, '3 min 20 s'],
  [HOUR, '1 h'],
  [59 * MINUTE + 59.6 * SECOND, '1 h'],
  [27 * HOUR + 47 * MINUTE, '27 h 47 min'],
  [HOUR + 59 * MINUTE + 59 * SECOND, '2 h'],
])('%i ms read as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [100, { mailsPerMinute: 60 }, 60, '1 min'],
  [120, { mailsPerMinute: 60 }, 60, '1 min'],
  [121, { mailsPerMinute: 60 }, 120, '2 min'],
  [10_000, { mailsPerDay: 4_000 }, 2 * 86_400, '48 h'],
  [10_000, { mailsPerDay: 4_000, mailsPerMinute: 10 }, 2 * 86_400 + 199 * 60, '51 h 19 min'],
  [20_000, { mailsPerDay: 1_000_000, mailsPerMinute: 10 }, 86_400 + 559 * 60, '33 h 19 min'],
])('%i mails at %j are out after %i s', (mails, pace, seconds, text) => {
  expect(slowedByMails(estimate(mails, 600_000, 'seen'), mails, pace)).toMatchObject({
    people: mails,
    seconds,
    source: 'asked',
    text: `about ${text} for ${mails} mails, at the pace asked for`,
  });
});

test('mails that are no slower than the calls are not told of', () => {
  const estimated = estimate(600, 60, 'configured');
  expect(slowedByMails(estimated, 600, { mailsPerMinute: 600 })).toBe(estimated);
  expect(slowedByMails(estimated, 600, {})).toBe(estimated);
});

test.each([
  ['create-panelists', 650],
  ['register-portals', 1_300],
] as const)('of %s as many calls are left as each of the people or portals takes', (operation, calls) => {
  expect(callsLeft({ operation, counts: counts({ done: 300, failed: 50 }) })).toBe(calls);
  expect(callsLeft({ operation, counts: null })).toBe(0);
});

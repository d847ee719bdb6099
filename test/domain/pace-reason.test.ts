import { crowdedReason, gravestReason, paceReason, type Spent } from '../../src/domain/pace-reason.ts';
import type { AllowanceState } from '../../src/limiter/limiter.ts';
import { anAllowanceState } from '../support/allowance-state.ts';

const reason = (
  perMinute: number,
  cause: AllowanceState['pace']['cause'],
  values: Partial<AllowanceState> = {},
) =>
  paceReason(anAllowanceState({ ...values, pace: { perMinute, cause } }), { perMinute: 600, keepFree: 180 });

test('a pace that nobody holds back is that of the configuration', () => {
  expect(reason(600, 'configured')).toEqual({ code: 'pace', message: '600 calls a minute, as configured' });
});

test('a token that Okta allows less than is configured says so', () => {
  expect(reason(300, 'okta')).toEqual({
    code: 'okta_ceiling',
    message: '300 calls a minute: Okta allows this token no more',
  });
});

test.each([600, 900])('%i calls, as many as are configured or more, are only the pace', (perMinute) => {
  expect(reason(perMinute, 'okta')).toEqual({
    code: 'pace',
    message: `${perMinute} calls a minute, as Okta allows`,
  });
});

test('the configured maximum is told beside what Okta would allow', () => {
  expect(reason(1_200, 'maximum', { seenPerMinute: 2_000 })).toEqual({
    code: 'pace',
    message: '1200 calls a minute, the configured maximum: Okta allows 2000',
  });
});

test('what is kept free is told', () => {
  expect(reason(420, 'keep-free')).toEqual({
    code: 'keep_free',
    message: '420 calls a minute: 180 are kept free for others',
  });
});

test('what others spend is told', () => {
  expect(reason(360, 'others', { othersPerMinute: 240 })).toEqual({
    code: 'others',
    message: '360 calls a minute: others spend 240',
  });
});

test.each([0, 0.4, null])(
  'others who spend %s are not blamed for what the window has left',
  (othersPerMinute) => {
    expect(reason(598, 'others', { othersPerMinute })).toEqual({
      code: 'pace',
      message: "598 calls a minute, what is left of Okta's window",
    });
  },
);

test('a bucket that is used up tells when it opens', () => {
  const window = { usedByUs: 300, usedByOthers: 300, remaining: 0, endsInMs: 11_001 };
  expect(reason(0, 'used-up', { window })).toEqual({
    code: 'okta_used_up',
    message: "shut for 12 s: Okta's window is used up",
  });
});

test.each([
  [11_001, '12 s'],
  [12_000, '12 s'],
  [1, '1 s'],
  [61_500, '1 min 2 s'],
])('a bucket shut for %i ms after a 429 is said to be shut for %s, never too little', (closedForMs, text) => {
  expect(reason(0, 'closed', { closedForMs })).toEqual({
    code: 'okta_429',
    message: `shut for ${text}: Okta 429`,
  });
});

test('fewer jobs at once than configured are told beside the pace that they may not reach', () => {
  expect(crowdedReason(reason(600, 'configured'), { jobs: 1, most: 40, cause: 'crowded' })).toEqual({
    code: 'okta_crowded',
    message: '600 calls a minute, as configured; 1 of 40 jobs at once: Okta has refused more',
  });
});

test.each([
  ['as many as configured', reason(600, 'configured'), { jobs: 40, most: 40, cause: 'configured' }],
  ['no more than the pace needs', reason(60, 'okta'), { jobs: 12, most: 40, cause: 'pace' }],
  ['a bucket without jobs', reason(600, 'configured'), null],
  [
    'a bucket that is shut',
    reason(0, 'closed', { closedForMs: 1_000 }),
    { jobs: 1, most: 40, cause: 'crowded' },
  ],
] as const)('%s is not told so', (_, whole, atOnce) => {
  expect(crowdedReason(whole, atOnce)).toBe(whole);
});

describe('of several buckets', () => {
  const configured = { perMinute: 600, keepFree: 0 };
  const spent = (
    bucket: string,
    perMinute: number,
    cause: AllowanceState['pace']['cause'],
    values: Partial<AllowanceState> & Partial<Pick<Spent, 'needed'>> = {},
  ): Spent => {
    const { needed = 'always', ...state } = values;
    return { bucket, needed, configured, state: anAllowanceState({ ...state, pace: { perMinute, cause } }) };
  };
  const users = spent('users', 600, 'configured');

  test.each<[string, Spent, Spent[], string]>([
    ['its own without others', users, [], '600 calls a minute, as configured'],
    [
      'its own while the others are as fast',
      users,
      [spent('user-read', 600, 'configured')],
      '600 calls a minute, as configured',
    ],
    [
      'that of a bucket that is shut, also one that only some need',
      users,
      [spent('groups', 0, 'closed', { closedForMs: 12_000, needed: 'at-times' })],
      'groups: shut for 12 s: Okta 429',
    ],
    [
      'that of the bucket that opens last',
      spent('users', 0, 'closed', { closedForMs: 5_000 }),
      [
        spent('groups', 0, 'closed', { closedForMs: 3_000 }),
        spent('user-read', 0, 'closed', { closedForMs: 30_000 }),
      ],
      'user-read: shut for 30 s: Okta 429',
    ],
    [
      'that of the slower one, where everybody needs both',
      users,
      [spent('user-read', 60, 'others', { othersPerMinute: 940 })],
      'user-read: 60 calls a minute: others spend 940',
    ],
    [
      'its own while a bucket that only some need is slow',
      users,
      [spent('groups', 60, 'okta', { needed: 'at-times' })],
      '600 calls a minute, as configured',
    ],
  ])('the reason is %s', (_, own, others, message) => {
    expect(gravestReason(own, others).message).toBe(message);
  });
});

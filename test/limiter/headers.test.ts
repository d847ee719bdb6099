import { seenIn, waitAfter429 } from '../../src/limiter/headers.ts';
import type { Seen } from '../../src/limiter/limiter.ts';

const WINDOW_MS = 60_000;
const atSecond = (second: number) => new Date(second * 1_000).toUTCString();
const headers = (values: Record<string, string | string[]> = {}) => ({
  'x-rate-limit-limit': '600',
  'x-rate-limit-remaining': '0',
  'x-rate-limit-reset': '1000040',
  date: atSecond(1_000_000),
  ...values,
});
const without = (name: string) =>
  Object.fromEntries(Object.entries(headers()).filter(([header]) => header !== name));
const closeForMs = (values: Record<string, string | string[]> = {}) =>
  seenIn(429, headers(values), WINDOW_MS).closeForMs;

const nothing: Seen = {
  limit: null,
  remaining: null,
  reset: null,
  resetInMs: null,
  closeForMs: null,
  crowded: false,
};

test('an answer that went well tells the limit and shuts nothing', () => {
  expect(seenIn(200, headers({ 'x-rate-limit-remaining': '12' }), WINDOW_MS)).toEqual({
    limit: 600,
    remaining: 12,
    reset: 1_000_040,
    resetInMs: 40_000,
    closeForMs: null,
    crowded: false,
  });
});

test('an answer without any of the headers tells nothing', () => {
  expect(seenIn(200, {}, WINDOW_MS)).toEqual(nothing);
});

test("a 429 shuts until the reset by Okta's own clock, and a second for its rounding", () => {
  expect(closeForMs()).toBe(41_000);
});

test('how wrong our clock is does not matter', () => {
  const tomorrow = 86_400;
  expect(
    closeForMs({ date: atSecond(1_000_000 + tomorrow), 'x-rate-limit-reset': String(1_000_040 + tomorrow) }),
  ).toBe(41_000);
});

test('a reset that is over by the Date header still shuts for the rounding', () => {
  expect(closeForMs({ 'x-rate-limit-reset': '999990' })).toBe(1_000);
});

test.each([
  ['in milliseconds', '1000040000'],
  ['of another century', '9999999999'],
  ['of another day', '900000'],
  ['of ten minutes ago', '999400'],
  ['in ten minutes', '1000600'],
])('a reset %s is none: it names no window, and a 429 shuts for a whole one', (_, value) => {
  const seen = seenIn(429, headers({ 'x-rate-limit-reset': value }), WINDOW_MS);
  expect(seen).toMatchObject({ reset: null, resetInMs: null, closeForMs: WINDOW_MS });
});

test('a reset that is farther off than a window shuts no longer than one, and a second for its rounding', () => {
  expect(closeForMs({ 'x-rate-limit-reset': '1000090' })).toBe(WINDOW_MS + 1_000);
});

test.each(['x-rate-limit-reset', 'date'])('without %s a 429 shuts for a whole window', (name) => {
  expect(seenIn(429, without(name), WINDOW_MS).closeForMs).toBe(WINDOW_MS);
});

test.each([
  ['x-rate-limit-reset', 'soon'],
  ['date', 'today'],
  ['x-rate-limit-reset', '-5'],
])('with a %s of "%s" a 429 shuts for a whole window', (name, value) => {
  expect(closeForMs({ [name]: value })).toBe(WINDOW_MS);
});

test('a 429 without a limit is one for the rate', () => {
  expect(seenIn(429, without('x-rate-limit-limit'), WINDOW_MS)).toMatchObject({
    limit: null,
    closeForMs: 41_000,
  });
});

test('a 429 with a limit of 0 is about calls at once: it shuts nothing and says nothing of the bucket', () => {
  expect(seenIn(429, headers({ 'x-rate-limit-limit': '0' }), WINDOW_MS)).toEqual({
    ...nothing,
    crowded: true,
  });
});

test('a 429 with something left, as for mails to one person, shuts nothing and waits for seconds', () => {
  const left = headers({ 'x-rate-limit-remaining': '12' });
  const seen = seenIn(429, left, WINDOW_MS, 'E0000118');
  expect(seen).toMatchObject({ limit: 600, remaining: 12, closeForMs: null, crowded: false });
  expect([0, 1].map((chance) => waitAfter429(seen, () => chance))).toEqual([5_000, 8_000]);
});

test('a 429 for the rate shuts, too, where the token has something left and the org has not', () => {
  const left = headers({ 'x-rate-limit-remaining': '12' });
  expect(seenIn(429, left, WINDOW_MS, 'E0000047').closeForMs).toBe(41_000);
});

test.each([
  ['with a comma', '600, 300'],
  ['as a list', ['600', '300']],
])('of a header that came twice, %s, the smaller number counts', (_, value) => {
  expect(seenIn(200, headers({ 'x-rate-limit-limit': value }), WINDOW_MS).limit).toBe(300);
});

test('a call refused for the rate waits as long as the bucket is shut', () => {
  expect(waitAfter429(seenIn(429, headers(), WINDOW_MS))).toBe(41_000);
});

test.each([
  [0, 1_000],
  [0.5, 2_500],
  [1, 4_000],
])('a call refused for calls at once waits one to four seconds, by chance (%d)', (chance, waitMs) => {
  expect(waitAfter429({ ...nothing, crowded: true }, () => chance)).toBe(waitMs);
});

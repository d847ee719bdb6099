import { type MailPace, mailTime } from '../../src/domain/mail-time.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';

const first = (n: number, pace: MailPace) => Array.from({ length: n }, (_, i) => mailTime(i, pace));

test('mails go out evenly, as the allowance has it', () => {
  expect(first(3, { perMinute: 60 })).toEqual([0, 1_000, 2_000]);
  expect(first(3, { perMinute: 60, mailsPerMinute: 600 })).toEqual([0, 1_000, 2_000]);
});

test('what a minute has no room for goes out in the next', () => {
  expect(first(5, { perMinute: 60, mailsPerMinute: 2 })).toEqual([
    0,
    1_000,
    MINUTE,
    MINUTE + 1_000,
    2 * MINUTE,
  ]);
});

test('what a day has no room for goes out on the next', () => {
  expect(first(5, { perMinute: 1, mailsPerDay: 2 })).toEqual([0, MINUTE, DAY, DAY + MINUTE, 2 * DAY]);
  expect(first(4, { perMinute: 60, mailsPerMinute: 2, mailsPerDay: 3 })).toEqual([0, 1_000, MINUTE, DAY]);
  expect(first(26, { perMinute: 1 / 60, mailsPerDay: 1_000 }).at(-1)).toBe(25 * HOUR);
});

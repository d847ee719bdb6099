import { csvLine, mailTimes } from '../../src/api/mail-plan.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';

const first = (n: number, pace: Parameters<typeof mailTimes>[1]) => {
  const times = mailTimes(0, pace);
  return Array.from({ length: n }, () => times.next().value);
};

test('mails go out evenly, at the slower of the allowance and the wish', () => {
  expect(first(3, { perMinute: 60 })).toEqual([0, 1_000, 2_000]);
  expect(first(3, { perMinute: 60, mailsPerMinute: 6 })).toEqual([0, 10_000, 20_000]);
  expect(first(3, { perMinute: 60, mailsPerMinute: 600 })).toEqual([0, 1_000, 2_000]);
});

test('what a day has no room for goes out on the next', () => {
  expect(first(5, { perMinute: 1, mailsPerDay: 2 })).toEqual([0, MINUTE, DAY, DAY + MINUTE, 2 * DAY]);
  const hourly = first(26, { perMinute: 1 / 60 });
  expect(hourly.at(-1)).toBe(25 * HOUR);
});

test.each([
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['+49 30', "'+49 30"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['ada@example.com', 'ada@example.com'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
])('the cell %j is written %j', (cell, written) => {
  expect(csvLine([cell, 'x'])).toBe(`${written},x\r\n`);
});

import { csvLine } from '../../src/api/mail-plan.ts';

test.each([
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['+49 30', "'+49 30"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['  =1+1', "'  =1+1"],
  ['\u00a0@SUM(A1)', "'\u00a0@SUM(A1)"],
  ['\n-1', '"\'\n\'-1"'],
  [' x', ' x'],
  ['\rx', '"\'\rx"'],
  ['";=1+1;"@x.de', '""";\'=1+1;""\'@x.de"'],
  ['a;=cmd@x.de', "a;'=cmd@x.de"],
  ['a|\t +1@x.de', "a|\t '+1@x.de"],
  ['a\t-1@x.de', "a\t'-1@x.de"],
  ['a;b+c@x.de', 'a;b+c@x.de'],
  ['ada@example.com', 'ada@example.com'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
])('the cell %j is written %j', (cell, written) => {
  expect(csvLine([cell, 'x'])).toBe(`${written},x\r\n`);
});

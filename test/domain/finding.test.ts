import { Findings, sorted } from '../../src/domain/finding.ts';
import type { SubjectId } from '../../src/domain/ids.ts';

test('a finding about many names the first ten of them', () => {
  const findings = new Findings();
  for (let id = 1; id <= 12; id += 1) findings.add('warning', 'mail_missing', 'Enter one.', id as SubjectId);
  findings.add('info', 'adopted', 'Is taken over.', 7 as SubjectId);
  expect(findings.all()).toEqual([
    {
      severity: 'warning',
      code: 'mail_missing',
      message: 'Enter one.',
      count: 12,
      examples: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    },
    { severity: 'info', code: 'adopted', message: 'Is taken over.', count: 1, examples: [7] },
  ]);
});

test('the gravest come first, and of those what most are concerned by', () => {
  const of = (severity: 'error' | 'warning' | 'info', count?: number) => ({
    severity,
    code: `${severity}${count ?? ''}`,
    message: '',
    examples: [],
    ...(count !== undefined && { count }),
  });
  const all = [of('info', 9), of('warning', 1), of('error'), of('warning', 2)];
  expect(sorted(all).map(({ code }) => code)).toEqual(['error', 'warning2', 'warning1', 'info9']);
});

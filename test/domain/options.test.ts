import { optionFaults, optionsKey } from '../../src/domain/options.ts';

const creation = { subject: 'admin', bucket: 'users' } as const;
const activation = {
  ...creation,
  options: ['mailsPerMinute'],
  confirmations: ['module-inactive'],
} as const;

test('options that mean the same have the same key', () => {
  expect(optionsKey({ confirm: [], mailsPerDay: 5 })).toBe(optionsKey({ mailsPerDay: 5 }));
  expect(optionsKey({ confirm: ['module-inactive', 'deactivate-removed'], mailsPerDay: 5 })).toBe(
    optionsKey({
      mailsPerDay: 5,
      confirm: ['deactivate-removed', 'module-inactive', 'deactivate-removed'],
    }),
  );
  expect(optionsKey({})).toBe('{}');
});

test('a key reads back as the options', () => {
  const options = { olderThanDays: 3, mailsPerMinute: 4, confirm: ['module-inactive'] } as const;
  expect(JSON.parse(optionsKey({ ...options, confirm: [...options.confirm] }))).toEqual(options);
});

test('an operation takes the options and confirmations of its row, and names any other by its path', () => {
  expect(optionFaults({ mailsPerMinute: 1, confirm: ['module-inactive'] }, activation)).toEqual([]);
  expect(optionFaults({ mailsPerDay: 1, confirm: ['deactivate-removed'] }, activation)).toEqual([
    { path: '/mailsPerDay', message: 'is not an option of this operation' },
    { path: '/confirm/0', message: 'must be one of module-inactive' },
  ]);
  expect(optionFaults({ mailsPerMinute: 1, confirm: ['module-inactive'] }, creation)).toEqual([
    { path: '/mailsPerMinute', message: 'is not an option of this operation' },
    { path: '/confirm', message: 'is not an option of this operation' },
  ]);
});

import { isOutage } from '../src/outage.ts';

const coded = (code: string) => Object.assign(new Error('anything'), { code });

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'PROTOCOL_CONNECTION_LOST',
  'ER_LOCK_DEADLOCK',
  'ER_AUTOINC_READ_FAILED',
  'ER_OPTION_PREVENTS_STATEMENT',
])('%s passes by itself', (code) => {
  expect(isOutage(coded(code))).toBe(true);
});

test.each(['ER_DATA_TOO_LONG', 'ER_BAD_FIELD_ERROR', 'ER_NO_SUCH_TABLE', 'ER_DUP_ENTRY'])(
  '%s would come again however often one tried',
  (code) => {
    expect(isOutage(coded(code))).toBe(false);
  },
);

test('what has no code is no outage', () => {
  expect([isOutage(new Error('Bug: anything')), isOutage('text'), isOutage(undefined)]).toEqual([
    false,
    false,
    false,
  ]);
});

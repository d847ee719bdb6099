import { type FleetState, waitOf } from '../../src/domain/wait.ts';
import { aCursor, aMigration } from '../support/factories.ts';

const fleet = (values: Partial<FleetState> = {}): FleetState => ({
  workers: 2,
  jobs: 0,
  pace: { code: 'pace', message: '600 calls a minute, as configured' },
  ...values,
});
const shut = { code: 'okta_429', message: 'shut for 12 s: Okta 429' } as const;
const resting = aCursor({ restingSince: new Date() });

test('a finished migration waits for nothing', () => {
  expect(waitOf(aMigration({ state: 'finished' }), null)).toBeNull();
});

test('a held one says why it is held, whatever the fleet does', () => {
  const migration = aMigration({ state: 'held', heldReason: 'Okta refused the token', cursor: resting });
  expect(waitOf(migration, null)).toEqual({ code: 'held', message: 'Okta refused the token' });
});

test('a paused one waits for its operator, whatever the fleet does', () => {
  expect(waitOf(aMigration({ state: 'paused', cursor: resting }), null)?.code).toBe('paused');
});

test('without Redis nobody calls Okta, and nothing else can be known', () => {
  expect(waitOf(aMigration({ cursor: resting }), null)?.code).toBe('redis_unreachable');
});

test('a missing worker is told before a shut bucket', () => {
  expect(waitOf(aMigration({ cursor: resting }), fleet({ workers: 0, pace: shut }))?.code).toBe('no_worker');
});

test('a shut bucket is told before the last look', () => {
  expect(waitOf(aMigration({ cursor: resting }), fleet({ pace: shut }))).toEqual(shut);
});

test('a limit of mails is told before the pace of calls, as long as there is anybody to mail', () => {
  const limited = fleet({ mailLimit: '60 mails a minute' });
  expect(waitOf(aMigration(), limited)).toEqual({
    code: 'mail_pace',
    message: '60 mails a minute, as asked for',
  });
  expect(waitOf(aMigration({ cursor: resting }), limited)?.code).toBe('last_look');
});

test('one that has offered every row looks once more before it finishes', () => {
  expect(waitOf(aMigration({ cursor: resting }), fleet())?.code).toBe('last_look');
});

test('one that has offered every row is not at its last look while jobs are under way', () => {
  expect(waitOf(aMigration({ cursor: resting }), fleet({ jobs: 1 }))?.code).toBe('pace');
});

test('otherwise it waits for what holds the pace back', () => {
  const pace = { code: 'others', message: '360 calls a minute: others spend 240' } as const;
  expect(waitOf(aMigration(), fleet({ pace }))).toEqual(pace);
});

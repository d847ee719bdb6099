import { findActivation, noteAsked, recordActivation } from '../../src/db/activations.ts';
import type { MigrationId, OktaUserId, SubjectId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operations.ts';
import type { OktaClient } from '../../src/okta/client.ts';
import type { Reply } from '../../src/okta/reply.ts';
import { activateUser } from '../../src/workers/activate-user.ts';
import type { Process, Subject } from '../../src/workers/process.ts';
import { resendActivation } from '../../src/workers/resend-activation.ts';
import { createOwnDatabase, type OwnDatabase } from '../db/support.ts';

const people = { installation: 'werk', kind: 'panelist' } as const;
const user = { id: 1 as SubjectId, oktaId: '00u00000000000000001' as OktaUserId };
const [first, again] = [1 as MigrationId, 2 as MigrationId];

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterEach(() => own.db.query('DELETE FROM activations'));
afterAll(() => own.close());

/**
 * Attempts at one person, whom Okta has in this status; `meanwhile` happens while the turn is waited for, and `reply`
 * is what comes of the request for another mail.
 */
async function attempt(
  process: Process,
  status: string,
  meanwhile: () => Promise<unknown>,
  reply: Reply<unknown> = { kind: 'ok', body: {} },
) {
  const mails: string[] = [];
  const okta = {
    async turn(bucket: string) {
      if (bucket === 'users') await meanwhile();
      return { bucket };
    },
    getUser: async () => ({ kind: 'ok', body: { id: 'u', status, profile: { login: 'x' } } }),
    async activate() {
      mails.push('activate');
      return { kind: 'ok', body: {} };
    },
    async reactivate() {
      mails.push('reactivate');
      return reply;
    },
  } as unknown as OktaClient;
  const person = { email: '', firstName: '', lastName: '', extra: {} };
  const source = {
    find: async () => ({ kind: 'wanted', person, oktaId: user.oktaId }),
    recordStatus: async () => {},
  };
  const operation: Operation = process === activateUser ? 'activate-panelists' : 'resend-to-panelists';
  const subject = {
    id: user.id,
    migration: { id: again, operation, selection: {}, options: {}, createdAt: new Date() },
    installation: { config: { name: 'werk' }, inOkta: { panelist: source } },
    db: own.db,
    okta,
    lane: 'fair',
    standing: async () => ({ kind: 'open' }),
    answered: () => {},
  } as unknown as Subject;
  const outcome = await process(subject, new AbortController().signal);
  return { outcome: outcome.kind, mails };
}

const anotherWorkerAsks = async () =>
  expect(await noteAsked(own.db, people, user, again, await findActivation(own.db, people, user))).toBe(true);
const oldMail = () =>
  recordActivation(own.db, people, user, { state: 'pending', migrationId: first, mailedAt: new Date(0) });

test('whom another worker is sending a second mail gets no third', async () => {
  await oldMail();
  expect(await attempt(resendActivation, 'PROVISIONED', anotherWorkerAsks)).toEqual({
    outcome: 'undecided',
    mails: [],
  });
});

test('of a second mail that was asked for and not heard of, the next attempt asks for none', async () => {
  await oldMail();
  await anotherWorkerAsks();
  const next = await attempt(resendActivation, 'PROVISIONED', async () => {});
  expect(next).toEqual({ outcome: 'already-mailed', mails: [] });
  expect(await findActivation(own.db, people, user)).toMatchObject({ state: 'pending', migrationId: again });
});

const noAnswer = (code: string) => ({ status: 0, code, text: `no answer: ${code}`, requestId: null });

test.each<[string, Reply<unknown>, string[]]>([
  [
    'found no connection',
    { kind: 'unreachable', error: noAnswer('ECONNREFUSED'), unsent: true },
    ['unreachable', 'mailed'],
  ],
  [
    'no access token was to be had for',
    { kind: 'unreachable', error: { ...noAnswer('server_error'), status: 500 }, unsent: true },
    ['unreachable', 'mailed'],
  ],
  [
    'was lost',
    { kind: 'unreachable', error: noAnswer('ECONNRESET'), unsent: false },
    ['unreachable', 'already-mailed'],
  ],
])(
  'a second mail that %s is asked for again only if Okta cannot have seen it',
  async (_, reply, outcomes) => {
    await oldMail();
    const nothing = async () => {};
    const one = await attempt(resendActivation, 'PROVISIONED', nothing, reply);
    const two = await attempt(resendActivation, 'PROVISIONED', nothing);
    expect([one.outcome, two.outcome]).toEqual(outcomes);
    expect((await findActivation(own.db, people, user))?.state).toBe('pending');
  },
);

test('a first mail that was asked for and not heard of is asked for again where Okta shows none', async () => {
  await anotherWorkerAsks();
  const next = await attempt(activateUser, 'STAGED', async () => {});
  expect(next).toEqual({ outcome: 'mailed', mails: ['activate'] });
});

test('who has been mailed while the turn was waited for is left alone', async () => {
  const mailed = () =>
    recordActivation(own.db, people, user, { state: 'pending', migrationId: first, mailedAt: 'now' });
  expect(await attempt(activateUser, 'STAGED', mailed)).toEqual({ outcome: 'already-mailed', mails: [] });
});

import { findActivation, recordActivation } from '../../src/db/activations.ts';
import type { MigrationId, OktaUserId, SubjectId } from '../../src/domain/ids.ts';
import type { Reply } from '../../src/okta/reply.ts';
import type { Subject } from '../../src/workers/process.ts';
import { resendActivation } from '../../src/workers/resend-activation.ts';
import { createOwnDatabase, type OwnDatabase } from '../db/support.ts';

const PEOPLE = { installation: 'werk', kind: 'panelist' } as const;
const USER = { id: 1 as SubjectId, oktaId: '00u00000000000000001' as OktaUserId };

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterEach(() => own.db.query('DELETE FROM activations'));
afterAll(() => own.close());

/** Somebody who was mailed long ago, and an Okta that answers the requests for another mail so. */
function subjectOf(replies: Reply<unknown>[]): Subject {
  const okta = {
    turn: async () => ({}),
    getUser: async () => ({
      kind: 'ok',
      body: { id: USER.oktaId, status: 'PROVISIONED', profile: { login: 'x' } },
    }),
    reactivate: async () => replies.shift() ?? { kind: 'ok', body: {} },
  };
  const person = { email: '', firstName: '', lastName: '', extra: {} };
  const source = {
    find: async () => ({ kind: 'wanted', person, oktaId: USER.oktaId }),
    recordStatus: async () => {},
  };
  return {
    id: USER.id,
    migration: { id: 2, operation: 'resend-to-panelists', selection: {}, options: {}, createdAt: new Date() },
    installation: { config: { name: PEOPLE.installation }, inOkta: { panelist: source } },
    db: own.db,
    okta,
    lane: 'fair',
    standing: async () => ({ kind: 'open' }),
    answered: () => {},
  } as unknown as Subject;
}

const noAnswer = (code: string) => ({ status: 0, code, text: `no answer: ${code}`, requestId: null });

test.each<[string, Reply<unknown>, string[]]>([
  ['a proxy refused', { kind: 'unreachable', error: noAnswer('PROXY_407') }, ['unreachable', 'mailed']],
  [
    'a proxy never answered',
    { kind: 'unreachable', error: noAnswer('PROXY_TIMEOUT') },
    ['unreachable', 'mailed'],
  ],
  [
    'no access token was to be had for',
    { kind: 'unreachable', error: { ...noAnswer('server_error'), status: 500 }, unsent: true },
    ['unreachable', 'mailed'],
  ],
  ['was lost', { kind: 'unreachable', error: noAnswer('ECONNRESET') }, ['unreachable', 'already-mailed']],
])(
  'a request for another mail that %s is made again only if Okta cannot have seen it',
  async (_, reply, kinds) => {
    const longAgo = { state: 'pending', migrationId: 1 as MigrationId, mailedAt: new Date(0) } as const;
    await recordActivation(own.db, PEOPLE, USER, longAgo);
    const subject = subjectOf([reply]);
    const { signal } = new AbortController();
    const first = await resendActivation(subject, signal);
    const second = await resendActivation(subject, signal);
    expect([first.kind, second.kind]).toEqual(kinds);
    expect((await findActivation(own.db, PEOPLE, USER))?.state).toBe('pending');
  },
);

import { create, type Org, person, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(stopAll);

const PASSWORD = { credentials: { password: { value: 'Geheim123' } } };
const ACTIVE = [
  'suspend',
  'resetPassword',
  'forgotPassword',
  'expirePassword',
  'changePassword',
  'changeRecoveryQuestion',
  'deactivate',
];

/** A user created in this way and moved so, as he is got then. */
async function userAfter(org: Org, query: string, rest: object, moves: readonly string[]) {
  const { id } = (await org.call<UserBody>('POST', `/users${query}`, person('ada@example.com', {}, rest)))
    .body;
  for (const move of moves) await org.call('POST', `/users/${id}/lifecycle/${move}`);
  return (await org.call<UserBody>('GET', `/users/${id}`)).body;
}

// Recorded in the tests of Okta's Python SDK and Terraform provider, 2020 to 2026; resetFactors in orgs recorded since
// September 2025.
test.each([
  ['STAGED', '?activate=false', {}, [], ['activate']],
  ['PROVISIONED', '', {}, [], ['suspend', 'resetPassword', 'reactivate', 'deactivate']],
  ['ACTIVE', '', PASSWORD, [], ACTIVE],
  ['PASSWORD_EXPIRED', '?nextLogin=changePassword', PASSWORD, [], ACTIVE],
  ['SUSPENDED', '', PASSWORD, ['suspend'], ['unsuspend', 'deactivate']],
  ['DEPROVISIONED', '', PASSWORD, ['deactivate'], ['activate', 'delete']],
] as const)(
  'who is %s is linked to the moves that this status allows',
  async (status, query, rest, moves, links) => {
    const user = await userAfter(await startOrg(), query, rest, moves);
    expect(user.status).toBe(status);
    const always = ['resetFactors', 'schema', 'self', 'type'];
    expect(Object.keys(user._links).sort()).toEqual([...links, ...always].sort());
  },
);

// Recorded in the tests of Okta's Python SDK and Terraform provider.
test('a recovery question comes back without its answer', async () => {
  const org = await startOrg();
  const question = { question: 'Whose daughter?', answer: 'Byron’s' };
  const created = await create(org, 'ada@example.com', true, {
    credentials: { ...PASSWORD.credentials, recovery_question: question },
  });
  const { body } = await org.call<UserBody>('GET', `/users/${created.id}`);
  for (const user of [created, body]) {
    expect(user.credentials.recovery_question).toEqual({ question: 'Whose daughter?' });
  }
});

// Recorded in the tests of Okta's Python SDK and Terraform provider, since 2025.
test.each([
  ['STAGED without a password', false, {}, null, null],
  ['STAGED with a password', false, PASSWORD, null, expect.any(String)],
  ['PROVISIONED', true, {}, expect.any(String), expect.any(String)],
  ['ACTIVE', true, PASSWORD, expect.any(String), expect.any(String)],
])('who is created %s has these times', async (_, activate, rest, activated, statusChanged) => {
  const user = await create(await startOrg(), 'ada@example.com', activate, rest);
  expect(user).toMatchObject({ activated, statusChanged });
});

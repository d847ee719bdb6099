import { exportJWK, generateKeyPair } from 'jose';
import { type Org, startOrg, stopAll } from '../simulator/support.ts';
import { until } from '../simulator/until.ts';
import { ada, allOf, type Client, oktaClient, refusalOf } from './support.ts';

afterEach(stopAll);

const CLIENT_ID = '0oaServiceApp';

interface Service {
  org: Org;
  client: Client;
}

/** An org with a service app, and Okta's client with its key: RSA, for its proofs know no other. */
async function startService(
  dpop: boolean,
  options: { scopes?: string[]; tokenLifeMs?: number } = {},
): Promise<Service> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const { scopes = ['okta.users.manage', 'okta.groups.manage'], tokenLifeMs = 3_600_000 } = options;
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'kidValue', alg: 'RS256' } as { kty: string }];
  const serviceApp = { clientId: CLIENT_ID, keys, scopes: ['okta.users.manage', 'okta.groups.manage'], dpop };
  const org = await startOrg({ serviceApps: [serviceApp], tokenLifeMs, usersPerMinute: 100_000 });
  const client = oktaClient(org, {
    authorizationMode: 'PrivateKey',
    clientId: CLIENT_ID,
    scopes,
    privateKey: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'kidValue' }),
    keyId: 'kidValue',
  });
  return { org, client };
}

async function tokenCalls(org: Org): Promise<number> {
  const { body } = await org.control<{ calls: { byBucket: Record<string, number> } }>('GET', 'counters');
  return body.calls.byBucket.token ?? 0;
}

test.each([
  ['that asks for proofs', true],
  ['that does not', false],
])('a service app %s works with one token', async (_what, dpop) => {
  const { org, client } = await startService(dpop);
  const user = await client.userApi.createUser({ body: { profile: ada } });
  const group = await client.groupApi.createGroup({ group: { profile: { name: 'portal-1' } } });
  await client.groupApi.assignUserToGroup({ groupId: group.id ?? '', userId: user.id ?? '' });
  await client.userApi.updateUser({ userId: user.id ?? '', user: { profile: { title: 'Countess' } } });
  expect(await allOf(client.userApi.listUsers({ search: 'profile.title eq "Countess"' }))).toHaveLength(1);
  expect(await tokenCalls(org)).toBe(2); // The client always sends a proof, and is asked for the nonce once.
});

test('a proof is made for every page of a list', async () => {
  const { client } = await startService(true);
  for (const login of ['ada@example.com', 'bob@example.com', 'eve@example.com']) {
    await client.userApi.createUser({ body: { profile: { ...ada, login, email: login } }, activate: false });
  }
  expect(await allOf(client.userApi.listUsers({ limit: 1 }))).toHaveLength(3);
});

test('when its token has expired the client takes another', async () => {
  const { org, client } = await startService(true, { tokenLifeMs: 1000 });
  await allOf(client.userApi.listUsers());
  const before = await tokenCalls(org);
  await until(async () => {
    await allOf(client.userApi.listUsers());
    return (await tokenCalls(org)) > before;
  });
  expect(await tokenCalls(org)).toBe(before + 2);
});

test('what no scope allows is refused with E0000006', async () => {
  const { client } = await startService(true, { scopes: ['okta.users.manage'] });
  const refusal = await refusalOf(client.groupApi.createGroup({ group: { profile: { name: 'portal-1' } } }));
  expect(refusal).toMatchObject({ status: 403, errorCode: 'E0000006' });
  expect(refusal.headers.get('www-authenticate')).toContain('insufficient_scope');
});

import { createNonces } from '../../simulator/nonces.ts';
import {
  askForToken,
  type Claims,
  createKeys,
  hashOf,
  type Keys,
  nowSeconds,
  proofOf,
  type ServiceOrg,
  startServiceOrg,
} from './oauth-support.ts';
import { stopAll } from './support.ts';

afterEach(stopAll);

/** What both exchanges at the token endpoint come to. */
async function askWithProof(service: ServiceOrg, keys: Keys) {
  const first = await askForToken(service, {}, { dpop: await proofOf(keys, 'POST', service.endpoint) });
  const nonce = first.headers.get('dpop-nonce');
  const proof = await proofOf(keys, 'POST', service.endpoint, { nonce });
  return { first, second: await askForToken(service, {}, { dpop: proof }), nonce };
}

async function startBound() {
  const service = await startServiceOrg({ dpop: true });
  const keys = await createKeys();
  const { second } = await askWithProof(service, keys);
  const token = second.body.access_token;
  const target = `${service.org.url}/api/v1/users`;
  const call = (dpop: string, scheme = 'DPoP') =>
    service.org.call('GET', '/users?limit=1', undefined, { authorization: `${scheme} ${token}`, dpop });
  const prove = (claims: Claims = {}, by = keys) =>
    proofOf(by, 'GET', target, { ath: hashOf(token), ...claims });
  return { service, keys, call, prove };
}

test('a service app that has to prove its key is refused without proof', async () => {
  const { status, body } = await askForToken(await startServiceOrg({ dpop: true }));
  expect([status, body.error, body.error_description]).toEqual([
    400,
    'invalid_dpop_proof',
    'The DPoP proof JWT header is missing.',
  ]);
});

test('the first proof is answered with a nonce, the second with a bound token', async () => {
  const { first, second, nonce } = await askWithProof(
    await startServiceOrg({ dpop: true }),
    await createKeys(),
  );
  expect([first.status, first.body]).toEqual([
    400,
    {
      error: 'use_dpop_nonce',
      error_description: 'Authorization server requires nonce in DPoP proof.',
    },
  ]);
  expect(nonce).not.toBeNull();
  expect(second.status).toBe(200);
  expect(second.body.token_type).toBe('DPoP');
});

test('who need not prove a key, but does, gets a bound token too', async () => {
  const { second } = await askWithProof(await startServiceOrg(), await createKeys());
  expect(second.body.token_type).toBe('DPoP');
});

test('a bound token opens the API with a new proof for every call, without nonce', async () => {
  const { call, prove } = await startBound();
  const proof = await prove();
  expect((await call(proof)).status).toBe(200);
  const again = await call(proof);
  expect(again.status).toBe(401);
  expect(again.headers.get('www-authenticate')).toContain('DPoP error="invalid_dpop_proof"');
  expect((await call(await prove())).status).toBe(200);
});

test.each<[string, Claims]>([
  ['another method', { htm: 'POST' }],
  ['another URL', { htu: 'https://elsewhere.example/api/v1/users' }],
  ['another token', { ath: hashOf('another') }],
  ['an old time', { iat: nowSeconds() - 3600 }],
  ['no id', { jti: undefined }],
])('a proof about %s is refused', async (_what, claims) => {
  const { call, prove } = await startBound();
  const refused = await call(await prove(claims));
  expect(refused).toMatchObject({ status: 401, body: { errorCode: 'E0000011' } });
});

test('a bound token is worth nothing with another key, nor as a bearer token', async () => {
  const { call, prove } = await startBound();
  expect((await call(await prove({}, await createKeys()))).status).toBe(401);
  expect((await call(await prove(), 'Bearer')).status).toBe(401);
  expect((await call('nonsense')).status).toBe(401);
});

test('a nonce lives a day and is good for three', () => {
  const nonces = createNonces(1000);
  const first = nonces.current(0);
  expect(nonces.current(999)).toBe(first);
  expect(nonces.current(1000)).not.toBe(first);
  expect(nonces.isGood(first, 2999)).toBe(true);
  expect(nonces.isGood(first, 3000)).toBe(false);
  expect(nonces.isGood('another', 0)).toBe(false);
});

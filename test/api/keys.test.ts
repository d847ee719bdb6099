import { API_KEY, createWorld, type World } from '../support/world.ts';
import { BASIC, BEARER, openApi } from './support.ts';

let world: World;
let api: Awaited<ReturnType<typeof openApi>>;

beforeAll(async () => {
  world = await createWorld();
  api = await openApi(world);
});
afterAll(() => world.close());

const get = (url: string, headers: Record<string, string> = {}) => api.inject({ url, headers });

test.each([
  '/v1/migrations',
  '/v1/migrations/1',
  '/v1/migrations/1/failures',
  '/v1/nowhere',
  '/',
  '/nowhere',
  '/queuesx',
])('GET %s without a key is refused, and asks for a bearer token', async (url) => {
  const { statusCode, headers, body } = await get(url);
  expect(statusCode).toBe(401);
  expect(headers['www-authenticate']).toBe('Bearer realm="portage"');
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(body)).toMatchObject({ code: 'unauthorized', status: 401 });
});

test.each([
  '/docs',
  '/docs/json',
  '/docs/static/index.html',
  '/docs/nowhere',
  '/queues',
  '/queues/api/queues',
  '/queues/static/nowhere.js',
])('GET %s without a key is refused, and a browser asks for a password', async (url) => {
  const { statusCode, headers } = await get(url);
  expect(statusCode).toBe(401);
  expect(headers['www-authenticate']).toMatch(/^Basic realm="portage"/);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const)(
  '%s without a key is refused before the body is read',
  async (method) => {
    const { statusCode } = await api.inject({
      method,
      url: '/v1/migrations',
      headers: { 'content-type': 'application/json' },
      payload: '{"malformed',
    });
    expect(statusCode).toBe(401);
  },
);

test.each([
  ['a wrong key', 'Bearer another-key'],
  ['no key', 'Bearer '],
  ['the hash of the key', `Bearer ${'0'.repeat(64)}`],
  ['a key as a Basic password', BASIC.authorization],
  ['another scheme', `Digest ${API_KEY}`],
  ['a key with something behind it', `${BEARER.authorization} x`],
])('%s opens no route of the API', async (_, authorization) => {
  expect((await get('/v1/migrations', { authorization })).statusCode).toBe(401);
});

test('the scheme is read in any case', async () => {
  expect((await get('/v1/migrations', { authorization: `bearer ${API_KEY}` })).statusCode).toBe(200);
});

test.each(['/docs', '/docs/json', '/queues', '/queues/api/queues'])(
  '%s takes the key as a password, and as a token',
  async (url) => {
    expect((await get(url, BASIC)).statusCode).toBe(200);
    expect((await get(url, BEARER)).statusCode).toBe(200);
  },
);

test('a page takes no wrong password', async () => {
  expect((await get('/queues', { authorization: `Basic ${btoa(`${API_KEY}:wrong`)}` })).statusCode).toBe(401);
});

test('every answer carries the security headers', async () => {
  for (const url of ['/healthz', '/v1/migrations', '/docs', '/queues']) {
    const { headers } = await get(url, BEARER);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
    expect(headers['content-security-policy']).toContain("script-src 'self';");
  }
});

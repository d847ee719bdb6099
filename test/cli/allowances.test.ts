import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portage } from '../support/portage.ts';
import { API_KEY, type Api, createWorld, type World } from '../support/world.ts';

let world: World;
let api: Api;
let url: string;

beforeAll(async () => {
  world = await createWorld({ perMinute: 600 });
  api = await world.api();
  url = await api.fastify.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => world.close());
afterEach(() => world.ownRows('DELETE FROM allowance_overrides'));

const run = (args: string[], env: Record<string, string> = {}) =>
  portage(['allowances', ...args], {}, { PORTAGE_API_URL: url, PORTAGE_API_KEY: API_KEY, ...env }).ended;
const users = async () => (await api.get('/v1/allowances')).body.allowances[0];

test('the table has a line for every bucket, with the reason of its pace', async () => {
  const { code, out, err } = await run(['--text']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toBe(`\
ORG   BUCKET     PACE  CEILING  OTHERS  IN FLIGHT  WAITING  AT ONCE  429  WHY
acme  users       600      600       -          0        0       40    0  600 calls a minute, as configured
acme  user-read  1000     1000       -          0        0        -    0  1000 calls a minute, as configured
acme  groups      500      500       -          0        0        -    0  500 calls a minute, as configured
acme  group       600      600       -          0        0        -    0  600 calls a minute, as configured
acme  apps        100      100       -          0        0       40    0  100 calls a minute, as configured
acme  app         600      600       -          0        0       40    0  600 calls a minute, as configured
acme  token      1200     1200       -          0        0        -    0  1200 calls a minute, as configured
acme  api         600      600       -          0        0        -    0  600 calls a minute, as configured
`);
});

test('without a terminal every line is an allowance as the API has it', async () => {
  const { out } = await run([]);
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual((await api.get('/v1/allowances')).body.allowances);
});

test('a share is kept free for a time, and the table says until when', async () => {
  const { code, out } = await run(['set', 'acme', 'users', '--keep-free', '30%', '--for', '2h', '--text']);
  expect(code).toBe(0);
  const { override } = (await users()).configured;
  expect(Date.parse(override.expiresAt) - Date.parse(override.setAt)).toBe(7_200_000);
  const line = `acme users: 30% kept free until ${override.expiresAt}, by tests\n`;
  expect(out).toBe(`acme users: 420 calls a minute: 180 are kept free for others\n${line}`);
  expect((await run(['--text'])).out).toMatch(new RegExp(`\n${line}$`));
});

test('calls a minute are kept free until they are no more', async () => {
  const { out } = await run(['set', 'acme', 'users', '--keep-free', '60', '--text']);
  expect(out).toMatch(/: 60 kept free until it is set again, by tests\n$/);
  expect((await users()).configured.override).toMatchObject({ keepFree: 60, expiresAt: null });
  expect(await run(['set', 'acme', 'users', '--keep-free', 'none', '--text'])).toMatchObject({
    err: '',
    out: 'acme users: 600 calls a minute, as configured\n',
  });
  expect((await users()).configured.override).toBeNull();
});

test.each<[string, number, string[], string]>([
  ['an allowance that is not there', 1, ['akme', 'users', '--keep-free', '5'], 'There is no such bucket'],
  [
    'everything',
    2,
    ['acme', 'users', '--keep-free', '600'],
    '/body/keepFree  must leave at least one of 600',
  ],
  ['a share in other words', 2, ['acme', 'users', '--keep-free', 'a third'], 'a share such as 30%'],
  [
    'a time without its unit',
    2,
    ['acme', 'users', '--keep-free', '5', '--for', '90'],
    'a number and its unit',
  ],
  ['two shares', 2, ['acme', 'users', '--keep-free', '5', '--keep-free', '6'], 'say it once'],
  ['two times', 2, ['acme', 'users', '--keep-free', '5', '--for', '1h', '--for', '2h'], 'say it once'],
  ['nothing', 2, ['acme', 'users'], '--keep-free'],
])('%s cannot be kept free: code %i, and what is wrong', async (_, wantedCode, args, wanted) => {
  const { code, out, err } = await run(['set', ...args]);
  expect([code, out]).toEqual([wantedCode, '']);
  expect(err).toContain(wanted);
});

test.each<[string, number, Record<string, string>, string]>([
  ['without a key', 2, { PORTAGE_API_KEY: '' }, 'PORTAGE_API_KEY is not set'],
  ['with a wrong key', 1, { PORTAGE_API_KEY: 'wrong' }, 'Send a configured key'],
  ['with two keys', 2, { PORTAGE_API_KEY: 's3cret\nkey' }, 'PORTAGE_API_KEY has a blank, a line break'],
  ['of no address', 2, { PORTAGE_API_URL: 'api' }, 'PORTAGE_API_URL is no address'],
  ['of another scheme', 2, { PORTAGE_API_URL: 'ftp://127.0.0.1' }, 'PORTAGE_API_URL is no address'],
  ['with a password', 2, { PORTAGE_API_URL: 'http://me:s3cret@127.0.0.1:1' }, 'PORTAGE_API_URL has a user'],
  [
    'that is not there',
    3,
    { PORTAGE_API_URL: 'http://127.0.0.1:1' },
    'http://127.0.0.1:1 cannot be reached (ECONNREFUSED): start `portage api`',
  ],
])('an API %s ends with code %i and says what to do', async (_, wantedCode, env, wanted) => {
  const { code, out, err } = await run([], env);
  expect([code, out]).toEqual([wantedCode, '']);
  expect(err).toContain(wanted);
  expect(err).not.toContain('s3cret');
});

test('what is no API of Portage is told as that', async () => {
  const server = await listening((_, response) => void response.writeHead(502).end('<html>'));
  const { port } = server.address() as AddressInfo;
  const { code, err } = await run([], { PORTAGE_API_URL: `http://127.0.0.1:${port}` });
  server.close();
  expect([code, err]).toEqual([3, `http://127.0.0.1:${port} answers 502, not as Portage's API does\n`]);
});

function listening(listener: Parameters<typeof createServer>[1]): Promise<Server> {
  const { promise, resolve } = Promise.withResolvers<Server>();
  const server = createServer(listener).listen(0, '127.0.0.1', () => resolve(server));
  return promise;
}

test('the help has examples that are right', async () => {
  const { code, out } = await run(['set', '--help']);
  expect(code).toBe(0);
  const [example = ''] = /(?<=\n {2})portage allowances set .*/.exec(out) ?? [];
  expect(await run(example.split(' ').slice(2))).toMatchObject({ code: 0, err: '' });
});

import type { AddressInfo } from 'node:net';
import { createWorld, type World } from '../support/world.ts';
import { BASIC } from './support.ts';

let world: World;
let origin: string;
let queues: ReturnType<World['open']>['queues'];

beforeAll(async () => {
  world = await createWorld();
  const { fastify } = await world.api();
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  origin = `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`;
  queues = world.open().queues;
});
afterAll(() => world.close());

const get = (path: string, headers = BASIC) => fetch(new URL(path, origin), { headers });
const users = () => {
  const { queue } = queues.subjects.get('acme.users') ?? {};
  if (!queue) throw new Error('no such queue');
  return queue;
};

test('a browser is asked for a password', async () => {
  const answer = await fetch(`${origin}/queues`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="portage"/);
});

test('with the key as a password, the page comes', async () => {
  const answer = await get('/queues');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await answer.text()).toContain('<title>Portage</title>');
});

const TYPES: Record<string, RegExp> = {
  js: /^(application|text)\/javascript/,
  css: /^text\/css/,
  svg: /^image\/svg\+xml/,
  png: /^image\/png/,
};

test('every script, style and image of the page comes as what it is', async () => {
  const html = await (await get('/queues')).text();
  const base = new URL(/<base href="([^"]+)"/.exec(html)?.[1] ?? '', origin);
  const files = [...html.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(
    ([, file]) => new URL(file ?? '', base),
  );
  expect(files.filter(({ pathname }) => pathname.endsWith('.js')).length).toBeGreaterThan(1);
  expect(files.filter(({ pathname }) => pathname.endsWith('.css')).length).toBeGreaterThan(0);
  for (const file of files) {
    const answer = await get(file.pathname);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(
      TYPES[file.pathname.split('.').at(-1) ?? ''] ?? /never/,
    );
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
  }
});

test('the page may run what it brings and fetches nothing from elsewhere', async () => {
  const policy = (await get('/queues')).headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).not.toContain('https:');
  expect(policy).not.toContain('upgrade-insecure-requests');
});

test('it shows every queue with its jobs, all read-only', async () => {
  await users().add('create-panelists', { migrationId: 1, subjectId: 2 } as never, { jobId: 'm1-s2' });
  const answer = await get('/queues/api/queues');
  const body = (await answer.json()) as {
    queues: { name: string; readOnlyMode: boolean; counts: { waiting: number } }[];
  };
  expect(body.queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual([
    ['acme.users', true],
    ['acme.apps', true],
    ['acme.app', true],
    ['reconcile', true],
  ]);
  expect(body.queues[0]?.counts.waiting).toBe(1);
});

test.each([
  ['PUT', 'acme.users/empty'],
  ['PUT', 'acme.users/obliterate'],
  ['PUT', 'acme.users/retry/failed'],
  ['PUT', 'acme.users/clean/completed'],
  ['PUT', 'acme.users/m1-s2/clean'],
  ['PUT', 'acme.users/pause'],
  ['PUT', 'pause'],
  ['POST', 'acme.users/add'],
  ['PATCH', 'acme.users/m1-s2/update-data'],
])('%s %s is refused and changes nothing', async (method, path) => {
  const jobs = await users().getJobCounts();
  const answer = await fetch(`${origin}/queues/api/queues/${path}`, {
    method,
    headers: BASIC,
  });
  expect(answer.status).toBe(405);
  expect(await users().isPaused()).toBe(false);
  expect(await users().getJobCounts()).toEqual(jobs);
});

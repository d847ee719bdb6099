import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createLatency } from '../../simulator/latency.ts';

const MAIN = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(...options: string[]) {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

async function urlOf(child: Child): Promise<string> {
  return (await urlsOf(child, 1))[0] ?? '';
}

/** Where each org says that it listens. */
async function urlsOf(child: Child, orgs: number): Promise<string[]> {
  let said = '';
  for (;;) {
    const urls = said.matchAll(/^okta-simulator listening on (http:\/\/127\.0\.0\.1:\d+)\n/gm);
    const found = [...urls].map((match) => match[1] ?? '');
    if (found.length === orgs) return found;
    said += String(((await once(child.stdout, 'data')) as [Buffer])[0]);
  }
}

test('the process says where it listens, answers and ends at once on SIGTERM', async () => {
  const child = start('--port', '0', '--token', 't', '--latency-ms', '60000');
  const url = await urlOf(child);
  expect((await fetch(`${url}/__simulator/counters`)).status).toBe(200);
  const held = fetch(`${url}/api/v1/users`).catch(() => 'cut off');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await held).toBe('cut off');
});

test('wrong options are all named, with exit code 2', async () => {
  const child = start(
    '--port',
    '70000',
    '--window-s',
    '0',
    '--token-share',
    '101',
    '--clock-skew-ms=x',
    '--colour',
    'red',
  );
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(2);
  for (const name of ['--port', '--token', '--window-s', '--token-share', '--clock-skew-ms', '--colour']) {
    expect(complaint).toContain(`${name}: `);
  }
  expect(complaint).not.toContain('--latency-ms:');
});

test('several orgs run in one process, each with its own token, limits and users', async () => {
  const child = start(
    '--port',
    '0',
    '--token',
    'old',
    '--',
    '--port',
    '0',
    '--token',
    'new',
    '--edition',
    'workforce',
  );
  const urls = await urlsOf(child, 2);
  const create = (url: string, token: string) =>
    fetch(`${url}/api/v1/users`, {
      method: 'POST',
      headers: { authorization: `SSWS ${token}` },
      body: JSON.stringify({
        profile: { login: 'ada@example.com', email: 'ada@example.com', firstName: 'Ada', lastName: 'Byron' },
      }),
    });
  const [old = '', fresh = ''] = urls;
  expect((await create(old, 'old')).status).toBe(200);
  expect((await create(fresh, 'old')).status).toBe(401);
  expect((await create(fresh, 'new')).status).toBe(200);
  const group = (url: string) =>
    fetch(`${url}/api/v1/groups`).then(({ headers }) => headers.get('x-rate-limit-limit'));
  expect([await group(old), await group(fresh)]).toEqual(['600', '500']);
  await fetch(`${old}/__simulator/reset`, { method: 'POST' });
  const users = async (url: string) =>
    ((await (await fetch(`${url}/__simulator/counters`)).json()) as { users: number }).users;
  expect([await users(old), await users(fresh)]).toEqual([0, 1]);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the wrong options of every org are named', async () => {
  const child = start('--port', '0', '--token', 't', '--colour', 'red', '--', '--port', 'x', '--token', 't');
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(2);
  for (const name of ['--colour: ', '--port: ']) expect(complaint).toContain(name);
});

test('limits can be set by edition and by bucket', async () => {
  const child = start('--port', '0', '--token', 't', '--edition', 'workforce', '--limits', 'logs=10,apps=30');
  const url = await urlOf(child);
  const limitOf = async (path: string) => (await fetch(`${url}${path}`)).headers.get('x-rate-limit-limit');
  expect(await Promise.all(['/api/v1/groups', '/api/v1/logs', '/api/v1/apps'].map(limitOf))).toEqual([
    '500',
    '10',
    '30',
  ]);
});

test.each(['logs', 'logs=0', 'nope=3', 'logs=3,'])('--limits %s is refused', async (limits) => {
  const child = start('--port', '0', '--token', 't', '--limits', limits);
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(2);
  expect(complaint).toContain('--limits: is wrong');
});

test('latencies lie between half and twice the base, about the base on average, alike in every run', () => {
  const [one, other] = [createLatency(100), createLatency(100)];
  const latencies = Array.from({ length: 10_000 }, () => one.nextMs());
  expect(latencies.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => other.nextMs()));
  expect(Math.min(...latencies)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...latencies)).toBeLessThanOrEqual(200);
  const mean = latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length;
  expect(Math.abs(mean - 100)).toBeLessThan(12);
});

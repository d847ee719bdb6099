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

async function urlOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return /^okta-simulator listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString())?.[1] ?? '';
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

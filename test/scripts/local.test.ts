import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { findServer } from '../../scripts/local/processes.mjs';

const REPORT = `
  const { REDIS_URL, DATABASE_URL } = process.env;
  console.log(JSON.stringify({ pid: process.pid, version: process.versions.node, REDIS_URL, DATABASE_URL }));
`;

/** Ends with code 5 when its input does, and on SIGINT with 3 if Redis is still there. */
const PROGRAM = `
  process.on('SIGINT', () => {
    process.stdout.write('SIGINT\\n');
    require('node:net')
      .connect(Number(new URL(REDIS_URL).port), '127.0.0.1', () => setTimeout(() => process.exit(3), 100))
      .on('error', () => process.exit(9));
  });
  process.stdin.on('end', () => process.exit(5)).resume();
  ${REPORT}
`;
const ENDLESS_PROGRAM = `setInterval(() => {}, 1000); ${REPORT}`;
const DEAF_PROGRAM = `process.on('SIGTERM', () => {}); ${ENDLESS_PROGRAM}`;

/** A first run prepares the data folder of its server. */
const WITHIN_MS = 80_000;

type Ready = { pid: number; version: string; REDIS_URL: string; DATABASE_URL: string };
type Run = { process: ChildProcess; out: () => string; err: () => string; ended: Promise<unknown[]> };
type ReadyRun = Run & Ready & { pids: number[] };

const runs: Run[] = [];
afterAll(async () => {
  await Promise.all(runs.map(stop));
});

const serversAreHere = findServer(['redis-server', 'valkey-server']) && findServer(['mariadbd', 'mysqld']);

/** Where the suite runs on the servers of containers, there may be none to start. */
(serversAreHere ? describe : describe.skip)('with server programs on this machine', () => {
  let first: ReadyRun;
  let second: ReadyRun;

  beforeAll(async () => {
    [first, second] = await Promise.all([ready(start(PROGRAM)), ready(start(PROGRAM))]);
  });

  test('the program runs on the Node that the project pins', () => {
    const pinned: unknown = JSON.parse(readFileSync('node_modules/node/package.json', 'utf8'));
    expect(pinned).toHaveProperty('version', first.version);
  });

  test('the Redis given to the program keeps every key, as the queue needs', async () => {
    const redis = new Redis(first.REDIS_URL);
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await redis.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    await redis.quit();
  });

  test('the login given to the program may create databases, and those are utf8mb4', async () => {
    const mysql = await createConnection(first.DATABASE_URL);
    await mysql.query('CREATE DATABASE local_test');
    const [rows] = await mysql.query(
      `SELECT default_character_set_name AS charset
       FROM information_schema.schemata
      WHERE schema_name IN ('local_test', DATABASE())`,
    );
    await mysql.query('DROP DATABASE local_test');
    await mysql.end();
    expect(rows).toEqual([{ charset: 'utf8mb4' }, { charset: 'utf8mb4' }]);
  });

  test('two runs at the same time have servers of their own', () => {
    expect(second.REDIS_URL).not.toBe(first.REDIS_URL);
    expect(new URL(second.DATABASE_URL).port).not.toBe(new URL(first.DATABASE_URL).port);
  });

  test('the exit code is that of the program, and nothing stays behind', async () => {
    second.process.stdin?.end();
    expect(await second.ended).toEqual([5, null]);
    await allGone(second);
  });

  test('one Ctrl-C that arrives twice reaches the program once, and the servers outlive it', async () => {
    first.process.kill('SIGINT');
    first.process.kill('SIGINT');
    expect(await first.ended).toEqual([3, null]);
    expect(first.out().match(/SIGINT/g)).toHaveLength(1);
    await allGone(first);
  });

  test('what a killed run has left running is ended by a later one, and a second signal ends a deaf program', async () => {
    const killed = await ready(start(ENDLESS_PROGRAM));
    killed.process.kill('SIGKILL');
    await once(killed.process, 'exit');
    expect(killed.pids.filter(isRunning)).toHaveLength(3);

    const later = await ready(start(DEAF_PROGRAM));
    await allGone(killed);

    await until(
      'the deaf program is killed',
      () => later.process.exitCode !== null || !later.process.kill('SIGTERM'),
    );
    expect(await later.ended).toEqual([143, null]);
    await allGone(later);
  }, 300_000);
});

test('without server programs, one message names every way to get them', async () => {
  const run = start(PROGRAM, { PATH: '', LOCAL_SERVERS_PATH: '' });
  expect(await run.ended).toEqual([1, null]);
  expect(run.err()).toContain('no server program of: redis-server, mariadb-server');
  expect(run.err()).toContain('docker compose up -d redis mysql');
  expect(run.err()).toContain('export REDIS_URL=');
  expect(run.err()).toContain('export DATABASE_URL=');
});

test('a REDIS_URL that does not answer is refused before the program starts', async () => {
  const run = start(PROGRAM, { REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: process.env.DATABASE_URL });
  expect(await run.ended).toEqual([1, null]);
  expect(run.err()).toContain('REDIS_URL names 127.0.0.1:1, where no Redis answers a PING');
  expect(run.out()).toBe('');
});

/** The suite itself may run on servers of its own: their variables are not handed on. */
function start(program: string, env: NodeJS.ProcessEnv = {}): Run {
  const { REDIS_URL: _redis, DATABASE_URL: _database, ...inherited } = process.env;
  const child = spawn(process.execPath, ['scripts/local.mjs', '-e', program], {
    env: { ...inherited, ...env },
  });
  const run = {
    process: child,
    out: collect(child.stdout),
    err: collect(child.stderr),
    ended: once(child, 'close'),
  };
  runs.push(run);
  return run;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Its output may still be open: the program of a killed run holds on to it. */
async function stop({ process: child }: Run): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}

async function ready(run: Run): Promise<ReadyRun> {
  await until('the program runs', () => {
    if (run.process.exitCode !== null) throw new Error(`it ended instead:\n${run.err()}`);
    return run.out().includes('\n');
  });
  const said = JSON.parse(run.out()) as Ready;
  const servers = [...run.err().matchAll(/started .* pid (\d+)/g)].map(([, pid]) => Number(pid));
  return { ...run, ...said, pids: [...servers, said.pid] };
}

async function allGone(run: ReadyRun): Promise<void> {
  expect(run.pids).toHaveLength(3);
  await until('its processes have ended', () => !run.pids.some(isRunning));
}

/** A zombie has ended too: in a container, nobody may reap the orphans of a killed run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + WITHIN_MS;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`waited ${WITHIN_MS} ms in vain until ${what}`);
    await sleep(20);
  }
}

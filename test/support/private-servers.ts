import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { freePort } from '../../demo/processes.ts';
import { findServer } from '../../scripts/local/processes.mjs';
import { eventually } from './eventually.ts';

/** A server of one test's own, for the test to kill. */
export interface PrivateServer {
  url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** After a kill: again on the same port, and on what its folder holds. */
  start(): Promise<void>;
  /** Nothing is left of it. Safe to call after a kill. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const READY_WITHIN_MS = 30_000;

/** A Redis that keeps nothing: started again, it is empty. */
export async function startPrivateRedis(): Promise<PrivateServer> {
  const folder = mkdtempSync(join(tmpdir(), 'portage-redis-'));
  const port = await freePort();
  const url = `redis://${HOST}:${port}`;
  const args = ['--port', String(port), '--bind', HOST, '--dir', folder, '--save', '', '--appendonly', 'no'];
  return startServer({ url, folder, binary: binary('redis-server', 'valkey-server'), args, answers });

  async function answers() {
    const redis = new Redis(url, { retryStrategy: () => null });
    redis.on('error', () => {}); // the command fails by itself
    await redis.ping().finally(() => redis.disconnect());
  }
}

export interface PrivateMysql extends PrivateServer {
  /** Like `createDatabase`, on this server; gone with it. */
  createDatabase: (what: string) => Promise<{ url: string; drop(): Promise<void> }>;
}

/** A MariaDB or MySQL that keeps its data over a kill. */
export async function startPrivateMysql(): Promise<PrivateMysql> {
  const folder = mkdtempSync(join(tmpdir(), 'portage-mysql-'));
  const server = binary('mariadbd', 'mysqld');
  initialise(server, folder);
  const port = await freePort();
  const url = `mysql://portage:portage@${HOST}:${port}`;
  const options = {
    datadir: join(folder, 'data'),
    'init-file': join(folder, 'init.sql'),
    socket: 'mysql.sock',
    'pid-file': 'mysql.pid',
    'bind-address': HOST,
    port,
    'innodb-flush-log-at-trx-commit': 2,
    'innodb-buffer-pool-size': '64M',
    'performance-schema': 'OFF',
    'loose-mysqlx': 'OFF',
  };
  const named = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const args = ['--no-defaults', ...named, '--skip-name-resolve', '--skip-log-bin', ...AS_ROOT];
  const execute = async (statement: string) => {
    const connection = await createConnection({ uri: url });
    await connection.query(statement).finally(() => connection.destroy());
  };
  const started = await startServer({ url, folder, binary: server, args, answers: () => execute('DO 1') });
  return {
    ...started,
    async createDatabase(what) {
      await execute(`CREATE DATABASE ${what} CHARACTER SET utf8mb4`);
      return { url: `${url}/${what}`, drop: async () => {} };
    },
  };
}

const AS_ROOT = process.getuid?.() === 0 ? ['--user=root'] : [];

/** The server runs the init file before it listens, a statement in a line. */
function initialise(server: string, folder: string): void {
  const user = `'portage'@'${HOST}'`;
  const init = `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY 'portage';\nGRANT ALL PRIVILEGES ON *.* TO ${user} WITH GRANT OPTION;\n`;
  writeFileSync(join(folder, 'init.sql'), init);
  const data = join(folder, 'data');
  mkdirSync(data);
  const common = ['--no-defaults', `--datadir=${data}`, ...AS_ROOT];
  if (/mariadb/i.test(execFileSync(server, ['--version'], { encoding: 'utf8' }))) {
    const options = ['--auth-root-authentication-method=socket', '--skip-test-db', '--skip-name-resolve'];
    execFileSync(binary('mariadb-install-db', 'mysql_install_db'), [...common, ...options], {
      stdio: 'pipe',
    });
  } else {
    execFileSync(server, [...common, '--initialize-insecure'], { stdio: 'pipe' });
  }
}

interface Program {
  url: string;
  folder: string;
  binary: string;
  args: string[];
  /** Rejects as long as it does not answer. */
  answers: () => Promise<void>;
}

async function startServer({ url, folder, binary, args, answers }: Program): Promise<PrivateServer> {
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  const start = async () => {
    // In the group of this process, so that nothing outlives an interrupted run.
    child = spawn(binary, args, { cwd: folder, stdio: 'ignore' });
    const isReady = () =>
      answers().then(
        () => true,
        () => false,
      );
    await eventually(`${binary} answers`, isReady, READY_WITHIN_MS);
  };
  const close = async () => {
    await kill();
    rmSync(folder, { recursive: true });
  };
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return { url, kill, start, close };
}

function binary(...names: string[]): string {
  return findServer(names) ?? missing(names);
}

function missing(names: string[]): never {
  throw new Error(`no ${names.join(' or ')} is installed, which this test starts for itself`);
}

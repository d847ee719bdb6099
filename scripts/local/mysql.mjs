import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { command } from './command.mjs';
import { findServer } from './processes.mjs';
import { Refusal, say } from './say.mjs';
import { startServer } from './server.mjs';

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

export const findMysql = () => findServer(['mariadbd', 'mysqld']);

/** Checks the MySQL or MariaDB that the environment names. */
export async function checkMysql(url) {
  const startedMs = performance.now();
  if (!URL.canParse(url))
    throw new Refusal('DATABASE_URL is no URL, such as mysql://user:password@127.0.0.1:3306/portage.');
  const { host, hostname, port } = new URL(url);
  await greeting(Number(port || 3306), hostname.replace(/^\[|\]$/g, '')).catch((error) => {
    throw new Refusal(`DATABASE_URL names ${host}, where no MySQL answers: ${error.message}`);
  });
  say('mysql', `uses DATABASE_URL, ${host}`, startedMs);
  return url;
}

/** Starts a MariaDB or MySQL of our own. Its data outlive the run. */
export async function startMysql(life, slot) {
  const binary = findMysql();
  // The two cannot read each other's files, and a mysqld may be a MariaDB.
  const flavour = /mariadb/i.test(await command(life, 'mysqld', binary, ['--version'])) ? 'mariadb' : 'mysql';
  const dataDir = join(slot, flavour);
  await initialise(life, binary, flavour, dataDir);
  const startedMs = performance.now();
  const password = readPassword(slot);
  writeFileSync(join(slot, 'init.sql'), initSql(password), { mode: 0o600 });
  mkdirSync(join(slot, 'tmp'), { recursive: true, mode: 0o700 });
  const { port, pid } = await startServer(life, {
    name: 'mysql',
    binary,
    args: (ownPort) => mysqlArgs(flavour, dataDir, slot, ownPort),
    cwd: dataDir,
    slot,
    isReady: greeting,
  });
  say('mysql', `started ${basename(binary)} on port ${port}, pid ${pid}`, startedMs);
  return `mysql://portage:${password}@127.0.0.1:${port}/portage`;
}

/** Makes the data folder under another name first: an interrupted run leaves none that looks complete. */
async function initialise(life, binary, flavour, dataDir) {
  if (existsSync(dataDir)) return;
  const startedMs = performance.now();
  const draft = `${dataDir}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  // Temporary tables of its own: two that prepare a folder at once trip over one another in the system's.
  const tmpdir = `${draft}.tmp`;
  mkdirSync(tmpdir, { recursive: true, mode: 0o700 });
  const common = ['--no-defaults', `--datadir=${draft}`, `--tmpdir=${tmpdir}`, ...asRoot];
  if (flavour === 'mariadb') {
    const installer = findServer(['mariadb-install-db', 'mysql_install_db']);
    if (!installer)
      throw new Refusal(`There is ${binary}, but no mariadb-install-db to prepare its data folder.`);
    const options = ['--auth-root-authentication-method=socket', '--skip-test-db', '--skip-name-resolve'];
    await command(life, 'mariadb-install-db', installer, [...common, ...options]);
  } else {
    await command(life, 'mysqld --initialize-insecure', binary, [...common, '--initialize-insecure']);
  }
  rmSync(tmpdir, { recursive: true, force: true });
  renameSync(draft, dataDir);
  say('mysql', 'prepared a data folder', startedMs);
}

function mysqlArgs(flavour, dataDir, slot, port) {
  const options = {
    datadir: dataDir,
    tmpdir: join(slot, 'tmp'),
    // Relative to the data folder: the whole path of a deep checkout would not fit into a socket's name.
    socket: 'mysql.sock',
    'pid-file': 'mysql.pid',
    'init-file': join(slot, 'init.sql'),
    'bind-address': '127.0.0.1',
    port,
    'character-set-server': 'utf8mb4',
    'innodb-buffer-pool-size': '64M',
    'max-connections': 500, // whole fleets side by side
    'innodb-flush-log-at-trx-commit': '2',
    'performance-schema': 'OFF',
    'loose-mysqlx': 'OFF',
    // The folder that MySQL's own packages name here may not exist, and MariaDB would take NULL for a folder.
    ...(flavour === 'mysql' && { 'secure-file-priv': 'NULL' }),
  };
  const named = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return ['--no-defaults', ...named, '--skip-name-resolve', '--skip-log-bin', ...asRoot];
}

function readPassword(slot) {
  const file = join(slot, 'mysql-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** The server runs these before it listens, each in one line: once it answers, the login works. */
function initSql(password) {
  const user = `'portage'@'127.0.0.1'`;
  return [
    `CREATE USER IF NOT EXISTS ${user} IDENTIFIED BY '${password}';`,
    `ALTER USER ${user} IDENTIFIED BY '${password}';`,
    `GRANT ALL PRIVILEGES ON *.* TO ${user} WITH GRANT OPTION;`,
    `CREATE DATABASE IF NOT EXISTS portage CHARACTER SET utf8mb4;`,
    '',
  ].join('\n');
}

/** A MySQL server speaks first; that it does is enough. */
function greeting(port, host = '127.0.0.1') {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host });
    socket.setTimeout(3000, () => socket.destroy(new Error('no greeting within 3 s')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('data', () => {
      resolve(true);
      socket.destroy();
    });
  });
}

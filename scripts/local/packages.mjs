import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command } from './command.mjs';
import { locked } from './lock.mjs';
import { findBinary } from './processes.mjs';
import { Refusal, say } from './say.mjs';

/** Installs the packages when package-lock.json asks for others than node_modules holds. */
export async function installPackages(life, root) {
  const startedMs = performance.now();
  if (isUpToDate(root)) return say('packages', 'up to date', startedMs);
  await locked(join(root, '.local', 'packages.lock'), 'packages', async () => {
    if (!isUpToDate(root)) await npmCi(life, root);
  });
  say('packages', 'installed with npm ci', startedMs);
}

/** The Node that the project pins; it is there once the packages are. */
export function pinnedNode(root) {
  return join(root, 'node_modules', '.bin', 'node');
}

async function npmCi(life, root) {
  say('packages', 'runs npm ci');
  const [file, ...args] = [...findNpm(), 'ci', '--include=dev', '--no-audit'];
  await command(life, 'npm ci', file, args, {
    cwd: root,
    env: { ...process.env, PATH: pathWithoutModules() },
  });
  if (!existsSync(pinnedNode(root))) {
    throw new Refusal(
      'npm ci has not installed node_modules/.bin/node: does an .npmrc say ignore-scripts or omit=optional?',
    );
  }
  const now = new Date();
  utimesSync(installedLock(root), now, now);
  writeFileSync(stamp(root), lockHash(root));
}

/** Not the Node of node_modules: npm ci would remove it from under itself. */
function pathWithoutModules() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(delimiter);
}

function findNpm() {
  const path = pathWithoutModules();
  const node = findBinary(['node'], path) ?? process.execPath;
  if (process.env.npm_execpath?.endsWith('npm-cli.js')) return [node, process.env.npm_execpath];
  const npm = findBinary(['npm'], path);
  if (!npm) throw new Refusal('There is no npm on PATH: install Node 20 or later together with npm.');
  return [npm];
}

/** The times decide; when git has only rewritten the same package-lock.json, its content does. */
function isUpToDate(root) {
  if (!existsSync(installedLock(root)) || !existsSync(pinnedNode(root))) return false;
  if (statSync(installedLock(root)).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return true;
  return existsSync(stamp(root)) && readFileSync(stamp(root), 'utf8') === lockHash(root);
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

const installedLock = (root) => join(root, 'node_modules', '.package-lock.json');
const stamp = (root) => join(root, 'node_modules', '.package-lock.sha256');

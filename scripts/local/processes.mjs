import { execFileSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const USUAL_PLACES = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/opt/homebrew/bin',
];

/** The first of `names` found on PATH or in the usual places; LOCAL_SERVERS_PATH replaces both. */
export function findServer(names) {
  const path = process.env.LOCAL_SERVERS_PATH ?? [process.env.PATH, ...USUAL_PLACES].join(delimiter);
  return findBinary(names, path);
}

export function findBinary(names, path = process.env.PATH ?? '') {
  const folders = path.split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A pid with the moment it was born: the pair is never reused, a pid alone is. Undefined when it does not run. */
export function identify(pid) {
  const born = process.platform === 'linux' ? bornOnLinux(pid) : bornElsewhere(pid);
  return born && { pid, born };
}

export function isRunning(identity) {
  return identify(identity.pid)?.born === identity.born;
}

function bornOnLinux(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; nobody may ever reap it in a container without an init.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function bornElsewhere(pid) {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Signals the whole process group that `pid` led or leads; false when it has gone already, or is root's. */
export function signalGroup(pid, signal) {
  if (!pid) return false; // it could not be started
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if (error.code === 'ESRCH' || error.code === 'EPERM') return false;
    throw error;
  }
}

/** Ends what is left of a process group whose leader has ended: politely first, then not. */
export async function endGroup(pid, graceMs = 3000) {
  const deadlineMs = performance.now() + graceMs;
  signalGroup(pid, 'SIGTERM');
  while (signalGroup(pid, 0) && performance.now() < deadlineMs) await sleep(25);
  signalGroup(pid, 'SIGKILL');
}

/** Ends a process group that an earlier run left behind: politely first, then not. */
export async function endStranger(identity, graceMs = 5000) {
  const deadlineMs = performance.now() + graceMs;
  signalGroup(identity.pid, 'SIGTERM');
  while (isRunning(identity)) {
    if (performance.now() > deadlineMs) signalGroup(identity.pid, 'SIGKILL');
    await sleep(25);
  }
  await endGroup(identity.pid);
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

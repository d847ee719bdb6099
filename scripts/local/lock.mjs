import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isRunning } from './processes.mjs';
import { say } from './say.mjs';

/** Takes the lock file, or one whose holder has died; returns how to give it back, undefined when it is held. */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(identify(process.pid)));
  try {
    if (!link(mine, path) && !(clearStale(mine, path) && link(mine, path))) return undefined;
    return () => rmSync(path, { force: true });
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Runs `work` alone: another run that is in the middle of it is waited for. */
export async function locked(path, step, work) {
  let release = tryLock(path);
  if (!release) say(step, 'waits for another run that is installing');
  while (!release) {
    await sleep(200);
    release = tryLock(path);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Removes the lock of a dead holder. Two runs may find the same dead holder: only the one that gets the right
 * to succeed that very holder may remove its lock, or the slower would remove the lock that the faster has taken.
 */
function clearStale(mine, path) {
  const holder = read(path);
  if (!holder) return true;
  if (isRunning(holder)) return false;
  const right = `${path}.after-${holder.pid}`;
  if (!link(mine, right)) return false;
  try {
    const now = read(path);
    const unchanged = now?.pid === holder.pid && now?.born === holder.born;
    if (unchanged) rmSync(path, { force: true });
    return unchanged;
  } finally {
    rmSync(right, { force: true });
  }
}

/** A hard link appears whole or not at all, and fails when the name is taken. */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { endGroup, identify, signalGroup } from './processes.mjs';
import { say } from './say.mjs';

/** One Ctrl-C can arrive several times: from the terminal, and again from an npm that passes it on. */
const SAME_SIGNAL_MS = 500;

/**
 * Owns every process and lock of this run, and ends them all.
 *
 * Each process leads a session of its own, so that the Ctrl-C of a terminal reaches this one only: it is
 * passed on to the program, and the servers stay until the program has finished.
 */
export function openLife() {
  const owned = new Set();
  const releases = [];
  let program;
  let firstSignal;
  let forcedBy;
  let interrupt;
  const interrupted = new Promise((_, reject) => {
    interrupt = reject;
  });
  interrupted.catch(() => {});

  function start(command, args, { record, stopWith = 'SIGTERM', graceMs = 10_000, ...options }) {
    if (firstSignal) throw firstSignal.error;
    const child = spawn(command, args, { detached: true, ...options });
    const entry = { child, name: basename(command), stopWith, graceMs };
    if (child.pid && record) writeFileSync(record, JSON.stringify(identify(child.pid) ?? {}));
    owned.add(entry);
    entry.ended = new Promise((resolve) => {
      const done = (result) => {
        owned.delete(entry);
        if (record) rmSync(record, { force: true });
        resolve(result);
      };
      child.once('error', (error) => done({ error }));
      child.once('exit', (code, signal) => done({ code, signal }));
    });
    return entry;
  }

  /** Runs the program that all of this is for; resolves to the exit code to end with. */
  async function run(command, args, options) {
    program = start(command, args, { ...options, stdio: 'inherit' });
    const { code, signal, error } = await program.ended;
    if (error) throw error;
    await endGroup(program.child.pid); // what it left behind
    return signal ? exitCodeOf(forcedBy ?? signal) : code;
  }

  function onSignal(signal) {
    if (!firstSignal) {
      firstSignal = { atMs: performance.now(), error: new Interrupted(signal) };
      if (program) program.child.kill(signal);
      interrupt(firstSignal.error);
    } else if (performance.now() - firstSignal.atMs > SAME_SIGNAL_MS) {
      forcedBy = signal; // the ends of the processes then let run() and close() come to theirs
      for (const { child } of owned) signalGroup(child.pid, 'SIGKILL');
    }
  }

  /** Ends what still runs, then gives the locks back. */
  async function close() {
    const startedMs = performance.now();
    const ending = [...owned];
    await Promise.all(ending.map(end));
    for (const release of releases.splice(0).reverse()) release();
    if (ending.length > 0) say('end', `ended ${ending.map(({ name }) => name).join(', ')}`, startedMs);
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  if (process.env.npm_lifecycle_event) whenOrphaned(() => onSignal('SIGTERM'));
  process.on('SIGWINCH', () => program?.child.kill('SIGWINCH'));
  return { start, run, close, interrupted, onClose: (release) => releases.push(release) };
}

/** An npm that is ended passes that on to the shell between it and us, which ends without a word. */
function whenOrphaned(act) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, 500);
  timer.unref();
}

async function end({ child, stopWith, graceMs, ended, ready }) {
  await ready;
  signalGroup(child.pid, stopWith);
  const timer = setTimeout(() => {
    say('stop', `process ${child.pid} did not end within ${graceMs / 1000} s and is killed`);
    signalGroup(child.pid, 'SIGKILL');
  }, graceMs);
  await ended;
  clearTimeout(timer);
}

/** A signal came before the program was started. */
export class Interrupted extends Error {
  name = 'Interrupted';

  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCodeOf(signal);
  }
}

function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}

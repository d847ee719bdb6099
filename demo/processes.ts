import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PORTAGE = join(ROOT, 'bin/portage');
/** Where Node keeps what it has compiled: whoever starts after the first is there in half the time. */
export const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/portage') };
const READY_WITHIN_MS = 60_000;
/** Portage promises to stop within 10 s. */
const STOP_WITHIN_MS = 12_000;
const TAIL_LINES = 15;

/** A program of this project, running. */
export interface Process {
  name: string;
  child: ChildProcess;
  /** File of all that it prints. */
  log: string;
  /** How it ended, once it has. */
  ended: Promise<string>;
  hasEnded(): boolean;
  /** SIGTERM, and SIGKILL when that is not enough. Safe to call twice. */
  stop(): Promise<void>;
}

/** What to start: a program of the project with its arguments, and what it needs of its environment. */
export interface Program {
  name: string;
  /** Portage's own binary; otherwise a file for Node. */
  isPortage?: boolean;
  args: string[];
  env: Record<string, string>;
}

export function startProcess({ name, isPortage = false, args, env }: Program, folder: string): Process {
  const log = join(folder, `${name}.log`);
  const out = openSync(log, 'w', 0o600);
  const child = spawn(isPortage ? PORTAGE : process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...COMPILED, ...env },
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  let end: string | undefined;
  const ended = new Promise<string>((resolve) => {
    const done = (how: string) => {
      end ??= how;
      resolve(end);
    };
    child.once('error', ({ message }) => done(message));
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  };
  return { name, child, log, ended, hasEnded: () => end !== undefined, stop };
}

/** A process ended that should not have; says how, and shows the end of its log. */
export class ProcessEnded extends Error {
  override name = 'ProcessEnded';

  constructor({ name, log }: Process, how: string) {
    const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
    super([...tail, `${name} ended (${how}); the end of ${log} is above.`].join('\n'));
  }
}

/** Rejects when one of them ends. */
export async function anyEnds(processes: Process[]): Promise<never> {
  const [process, how] = await Promise.race(processes.map(async (each) => [each, await each.ended] as const));
  throw new ProcessEnded(process, how);
}

/** Waits until `look` finds something; throws when the process ends first or takes too long. */
export async function untilReady<T>(
  process: Process,
  look: () => Promise<T | undefined> | T | undefined,
  signal?: AbortSignal,
): Promise<T> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const found = await look();
    if (found !== undefined) return found;
    if (process.hasEnded()) throw new ProcessEnded(process, await process.ended);
    await sleep(50, undefined, { signal });
  }
  throw new Error(`${process.name} was not ready within ${READY_WITHIN_MS / 1_000} s; see ${process.log}`);
}

/** Free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

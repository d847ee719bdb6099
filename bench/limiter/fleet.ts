import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromWorker, Job, Report, ToWorker } from './messages.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Processes that share a limiter. */
export interface Fleet {
  /** Lets them begin; resolves to when the first call was sent. */
  go(): Promise<number>;
  /** What they report at this moment. */
  reports(): Promise<Report[]>;
  /** Rejects when a process ends by itself. */
  ended: Promise<never>;
  /** Ends them, in the middle of whatever they do. */
  stop(): Promise<void>;
}

/** Resolves when all are connected and wait for their start. */
export async function startFleet(processes: number, job: Job): Promise<Fleet> {
  const children = Array.from({ length: processes }, () => fork(WORKER));
  const ended = Promise.race(children.map(failure));
  ended.catch(() => {}); // whoever waits for a process is told
  const tellAll = (message: ToWorker) => {
    for (const child of children) child.send(message);
  };
  const all = <K extends FromWorker['kind']>(kind: K) =>
    Promise.race([Promise.all(children.map((child) => next(child, kind))), ended]);
  const stop = async () => {
    await Promise.all(children.map(end));
  };
  try {
    const ready = all('ready');
    tellAll({ kind: 'open', job });
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async go() {
      const first = Promise.race([...children.map((child) => next(child, 'first')), ended]);
      tellAll({ kind: 'go' });
      return (await first).atMs;
    },
    async reports() {
      const reports = all('report');
      tellAll({ kind: 'stop' });
      return (await reports).map(({ report }) => report);
    },
    ended,
    stop,
  };
}

type Message<K> = Extract<FromWorker, { kind: K }>;

function next<K extends FromWorker['kind']>(child: ChildProcess, kind: K): Promise<Message<K>> {
  return new Promise((resolve) => {
    const look = (message: FromWorker) => {
      if (message.kind !== kind) return;
      child.off('message', look);
      resolve(message as Message<K>);
    };
    child.on('message', look);
  });
}

async function failure(child: ChildProcess): Promise<never> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  throw new Error(`a worker ended (${signal ?? `exit code ${code}`}); what it said is above`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

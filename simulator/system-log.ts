import { randomUUID } from 'node:crypto';
import type { Delays } from './delays.ts';
import { flat } from './flat.ts';
import type { Caller, LogRecord, Occurrence } from './log-record.ts';
import type { Options } from './options.ts';
import { createRandom } from './random.ts';
import { createRing, type Ring } from './ring.ts';

const SEED = 0x109;

/** What happened in an org, in the order in which it was written down. Okta, System Log API. */
export interface SystemLog {
  readonly records: Ring<LogRecord>;
  /** Publishes now; it can be read as much later as the options say. */
  publish(occurrence: Occurrence): void;
  /** What `work` publishes is the caller's doing; null is Okta itself. */
  actAs<T>(caller: Caller | null, work: () => T): T;
  /** Work for later, still as the doing of who called now. */
  bind(work: () => void): () => void;
}

/** Seeded, so that the same events are late in every run. */
export function createSystemLog(options: Options, later: Delays['later']): SystemLog {
  const { logCapacity, logLagMs, logLatePercent, logLateMs } = options;
  const records = createRing<LogRecord>(logCapacity);
  const random = createRandom(SEED);
  let current: Caller | null = null;
  const actAs = <T>(caller: Caller | null, work: () => T): T => {
    const before = current;
    current = caller;
    try {
      return work();
    } finally {
      current = before;
    }
  };
  return {
    records,
    actAs,
    bind(work) {
      const caller = current;
      return () => actAs(caller, work);
    },
    publish(occurrence) {
      const record = { uuid: flat(randomUUID()), publishedMs: Date.now(), caller: current, ...occurrence };
      const isLate = random() * 100 < logLatePercent;
      later(logLagMs + (isLate ? logLateMs : 0), () => records.push(record));
    },
  };
}

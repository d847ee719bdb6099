import type { Setting } from './driver.ts';
import type { LimiterName } from './limiters.ts';

/** What a worker process is to do; it begins and ends when it is told. */
export interface Job {
  limiter: LimiterName;
  setting: Setting;
  oktaUrl: string;
  oktaToken: string;
}

export type ToWorker = { kind: 'open'; job: Job } | { kind: 'go' } | { kind: 'stop' };

/** All times are the machine's (`clockMs`). */
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'first'; atMs: number }
  | { kind: 'report'; report: Report };

/** What only the caller knows. */
export interface Report {
  /** When calls were sent that were answered 429. */
  throttledAtMs: number[];
  /** Redis commands since it was told to go. */
  commands: number;
}

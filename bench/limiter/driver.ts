import type { IncomingHttpHeaders } from 'node:http';
import { Redis } from 'ioredis';

/** What every limiter is told. */
export interface Setting {
  redisUrl: string;
  /** Of all keys that it makes. */
  prefix: string;
  perWindow: number;
  windowMs: number;
  jitterMs: number;
}

/** One call to Okta, its jitter included. */
export type Call = () => Promise<{ status: number; headers: IncomingHttpHeaders }>;

/** How a limiter is used, as its own documentation shows it. */
export interface Driver {
  /** Once, before the processes start: puts work for at least so many calls where the limiter takes it from. */
  prepare?(setting: Setting, calls: number): Promise<void>;
  /** In each process. The function that comes of it begins to call, and never ends. */
  open(setting: Setting, call: Call): Promise<() => void>;
}

/** So many of a process want to call at any time: it is never the work that is short. */
export const CALLERS = 50;

/** Calls again and again; an error ends the process. */
export function keepCalling(once: () => Promise<unknown>): void {
  const run = async () => {
    for (;;) await once();
  };
  for (let i = 0; i < CALLERS; i++) void run();
}

export async function connect({ redisUrl }: Setting): Promise<Redis> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  await redis.ping();
  return redis;
}

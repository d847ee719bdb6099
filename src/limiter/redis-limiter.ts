import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import pLimit, { type LimitFunction } from 'p-limit';
import { HOUR, MINUTE } from '../time.ts';
import type { Allowance, AllowanceState, Limiter, Turn } from './limiter.ts';

/** How the configuration allows an allowance to be spent. */
export interface Pace {
  /** Calls in one of Okta's windows. */
  perWindow: number;
  windowMs: number;
}

/**
 * Turns are `(windowMs + SPREAD_MS) / perWindow` apart: then no window holds more calls than it may, as long
 * as the way from a turn to Okta differs by no more than this between two calls.
 */
const SPREAD_MS = 300;
/** A process that wakes later than this gives its turn up; the rest of the spread is the network's. */
const LATEST_MS = 150;
/** No turn is booked farther ahead: what a killed process has booked is lost. */
const HORIZON_MS = 500;
/** So much of the pace a process holds at once: enough to hide the way to Redis. */
const AHEAD_MS = 200;
/** For so long an unused allowance, and what Okta said of it, is remembered. */
const TTL_MS = 24 * HOUR;
/** A longer wait is cut into pieces, so that a bucket that opens earlier is noticed. */
const LONGEST_WAIT_MS = 5_000;

const script = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const BOOK = script('book');
const SETTLE = script('settle');

/** The limiter in Redis; every process of the fleet that names the same prefix shares its allowances. */
export function createRedisLimiter(
  redis: Redis,
  prefix: string,
  paceOf: (allowance: Allowance) => Pace,
): Limiter {
  redis.defineCommand('portageBook', { numberOfKeys: 1, lua: BOOK });
  redis.defineCommand('portageSettle', { numberOfKeys: 1, lua: SETTLE });
  const scripts = redis as unknown as Scripts;
  const doors = new Map<string, LimitFunction>();

  const keyOf = ({ org, bucket }: Allowance) => `${prefix}:allowance:${org}:${bucket}`;
  const intervalOf = ({ perWindow, windowMs }: Pace) => (windowMs + SPREAD_MS) / perWindow;

  /** Few of the process' callers stand at the desk at once; the others wait behind them, in order. */
  const doorOf = (allowance: Allowance): LimitFunction => {
    const key = keyOf(allowance);
    const door = doors.get(key) ?? pLimit(Math.max(1, Math.floor(AHEAD_MS / intervalOf(paceOf(allowance)))));
    doors.set(key, door);
    return door;
  };

  /** Undefined when no turn was to be had, or it was not reached in time. */
  const tryOnce = async (allowance: Allowance, signal?: AbortSignal): Promise<Turn | undefined> => {
    const { perWindow, windowMs } = paceOf(allowance);
    const askedAt = performance.now();
    const [booked, waitMs] = await scripts.portageBook(
      keyOf(allowance),
      perWindow,
      windowMs + SPREAD_MS,
      HORIZON_MS,
      TTL_MS,
    );
    if (!booked) {
      await sleep(Math.min(waitMs, LONGEST_WAIT_MS), undefined, { signal });
      return undefined;
    }
    await sleep(waitMs, undefined, { signal });
    const sendBy = askedAt + waitMs + LATEST_MS;
    return performance.now() <= sendBy ? { allowance, sendBy } : undefined;
  };

  return {
    async take(allowance, signal) {
      signal?.throwIfAborted();
      const taken = doorOf(allowance)(async () => {
        let turn: Turn | undefined;
        while (!turn) {
          signal?.throwIfAborted();
          turn = await tryOnce(allowance, signal);
        }
        return turn;
      });
      return unlessAborted(taken, signal);
    },

    async settle(allowance, { limit, closeForMs }) {
      return (await scripts.portageSettle(keyOf(allowance), limit ?? '', closeForMs ?? '', TTL_MS)) === 1;
    },

    async state(allowance): Promise<AllowanceState> {
      const { perWindow, windowMs } = paceOf(allowance);
      const [[limit, closedUntil], [seconds, micros]] = await Promise.all([
        redis.hmget(keyOf(allowance), 'limit', 'closedUntil'),
        redis.time(),
      ]);
      const nowMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
      const perMinute = (count: number) => Math.round((count * MINUTE) / windowMs);
      return {
        configuredPerMinute: perMinute(perWindow),
        seenPerMinute: limit ? perMinute(Number(limit)) : null,
        closedForMs: Math.max(0, Math.ceil(Number(closedUntil ?? 0) - nowMs)),
      };
    },
  };
}

/** Rejects as soon as the signal is aborted, even while others stand before the door. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

interface Scripts {
  portageBook(
    key: string,
    perWindow: number,
    spanMs: number,
    horizonMs: number,
    ttlMs: number,
  ): Promise<[0 | 1, number]>;
  portageSettle(key: string, limit: number | '', closeForMs: number | '', ttlMs: number): Promise<0 | 1>;
}

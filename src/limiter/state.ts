import type { Redis } from 'ioredis';
import type { AllowanceState, Pace, PaceCause } from './limiter.ts';
import { type BookRequest, GONE_MS, processesOf, type Scripts } from './scripts.ts';

const MINUTE_MS = 60_000;

export interface Ceiling {
  /** Calls a window at most, by the configuration. */
  most: number;
  /** Calls a window at most. */
  perWindow: number;
  from: AllowanceState['ceiling']['from'];
}

/** What a pace comes to when Okta states this limit; null when it has stated none. */
export function ceilingOf(
  { perWindow, mostPerWindow, keepFreePerWindow }: Pace,
  limit: number | null,
): Ceiling {
  const leaves = Math.max(1, perWindow - keepFreePerWindow);
  const most = keepFreePerWindow > 0 ? Math.min(mostPerWindow, leaves) : mostPerWindow;
  const stated = limit ?? perWindow;
  if (stated > most) return { most, perWindow: most, from: most < mostPerWindow ? 'keep-free' : atMost() };
  return { most, perWindow: stated, from: limit === null ? 'configured' : 'okta' };

  /** The maximum is the bucket as configured unless told. */
  function atMost(): Ceiling['from'] {
    return mostPerWindow === perWindow ? 'configured' : 'maximum';
  }
}

/** The read model of an allowance. */
export async function readState(
  redis: Redis,
  scripts: Scripts,
  key: string,
  pace: Pace,
  look: BookRequest,
): Promise<AllowanceState> {
  const [booking, hash, processes, [seconds, micros]] = await Promise.all([
    scripts.book(key, look),
    redis.hgetall(key),
    redis.hgetall(processesOf(key)),
    redis.time(),
  ]);
  const nowMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
  const number = (name: string) => (hash[name] === undefined ? null : Number(hash[name]));
  const perMinute = (perWindow: number) => Math.round((perWindow * MINUTE_MS) / pace.windowMs);

  const limit = number('limit');
  const { perWindow, from } = ceilingOf(pace, limit);
  const ceiling = { perMinute: perMinute(perWindow), from };
  return {
    ceiling,
    seenPerMinute: limit === null ? null : perMinute(limit),
    pace: paceOf(),
    window: windowOf(),
    othersPerMinute: othersOf(),
    ...busy(),
    closedForMs: Math.max(0, Math.ceil((number('closedUntil') ?? 0) - nowMs)),
    throttled: number('throttled') ?? 0,
    crowded: number('crowded') ?? 0,
  };

  function paceOf(): AllowanceState['pace'] {
    if (booking.kind === 'refused') return { perMinute: 0, cause: booking.cause as PaceCause };
    // The few calls less that keep the bound are nobody's business.
    return booking.cause === 'ceiling'
      ? { perMinute: ceiling.perMinute, cause: from }
      : { perMinute: Math.round(MINUTE_MS / booking.gapMs), cause: 'others' };
  }

  /** What is known holds on until a window has passed without an answer that told of it. */
  function othersOf(): number | null {
    const [rate, endsAt] = [number('rate'), number('endsAt')];
    if (rate === null || endsAt === null || endsAt + pace.windowMs <= nowMs) return null;
    return Math.round(rate * MINUTE_MS);
  }

  function windowOf(): AllowanceState['window'] {
    const [endsAt, size, first, budget] = [
      number('endsAt'),
      number('size'),
      number('first'),
      number('budget'),
    ];
    if (endsAt === null || size === null || first === null || budget === null || endsAt <= nowMs) return null;
    const last = number('number') ?? first;
    return {
      usedByUs: Math.max(0, last - first),
      usedByOthers: Math.max(0, Math.round(size + first - budget)),
      remaining: Math.max(0, Math.round(budget - last)),
      endsInMs: Math.round(endsAt - nowMs),
    };
  }

  /** Of the other processes what they told when they last asked. */
  function busy(): Pick<AllowanceState, 'waiting' | 'inFlight'> {
    const sum = { waiting: look.waiting, inFlight: look.inFlight };
    for (const [process, text] of Object.entries(processes)) {
      if (process === look.process) continue;
      const [waiting = 0, inFlight = 0, atMs = 0] = text.split(' ').map(Number);
      if (nowMs - atMs > GONE_MS) continue;
      sum.waiting += waiting;
      sum.inFlight += inFlight;
    }
    return sum;
  }
}

import { CONCURRENCY } from './buckets.ts';
import type { Options } from './options.ts';
import type { Moment, Standing } from './rate-limits.ts';

const SECOND = 1000;

/** How far off Reset is when the gate refuses, in windows: recorded were 114 s, for work that could have gone at once. */
const RESET_AFTER_WINDOWS = 1.9;

/** The limit of calls in hand at once. Okta, concurrency rate limits. */
export interface Gate {
  /** Lets a call in, unless the org or its principal has too many in hand; who was let in has to leave. */
  enter(principal: string | null): boolean;
  leave(principal: string | null): void;
  /** What a refused call is told: no limit, nothing left, and an estimate that is far too late. */
  standing(at: Moment): Standing;
  read(): GateReading;
}

export interface GateReading {
  readonly limit: number;
  readonly inHand: number;
  readonly most: number;
  readonly refused: number;
}

export function createGate(options: Options): Gate {
  const limit = options.concurrency ?? CONCURRENCY[options.edition];
  const share = Math.max(1, Math.floor((limit * options.tokenConcurrencyPercent) / 100));
  let inHand = 0;
  const inHandOf = new Map<string, number>();
  let most = 0;
  let refused = 0;
  const add = (principal: string | null, calls: 1 | -1) => {
    inHand += calls;
    if (principal !== null) inHandOf.set(principal, (inHandOf.get(principal) ?? 0) + calls);
  };
  return {
    enter(principal) {
      if (inHand >= limit || (principal !== null && (inHandOf.get(principal) ?? 0) >= share)) {
        refused += 1;
        return false;
      }
      add(principal, 1);
      most = Math.max(most, inHand);
      return true;
    },
    leave: (principal) => add(principal, -1),
    standing: ({ wallMs }) => ({
      limit: 0,
      remaining: 0,
      resetEpochSeconds: Math.floor((wallMs + RESET_AFTER_WINDOWS * options.windowMs) / SECOND),
    }),
    read: () => ({ limit, inHand, most, refused }),
  };
}

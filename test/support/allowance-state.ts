import type { AllowanceState } from '../../src/limiter/limiter.ts';

/** 600 calls a minute of which nothing is known; a test names what it is about. */
export function anAllowanceState(values: Partial<AllowanceState> = {}): AllowanceState {
  return {
    ceiling: { perMinute: 600, from: 'configured' },
    seenPerMinute: null,
    pace: { perMinute: 600, cause: 'configured' },
    window: null,
    othersPerMinute: null,
    inFlight: 0,
    waiting: 0,
    closedForMs: 0,
    throttled: 0,
    crowded: 0,
    ...values,
  };
}

import type { Lane } from './limiter.ts';

/**
 * A sweep has a turn as soon as this many have passed without one; the rest of twenty is for other processes. Never two
 * in a row: of many processes each has no more than one turn in so many.
 */
const SWEEP_AFTER = 16;

/** Turns that `ahead` may have before `fair`, which gets as many back: its jobs are late where a process is slow. */
const OWED_MOST = 5;

/** Who waits in one process, in order within each lane; see `Lane`. */
export interface Lanes<T> {
  readonly size: number;
  add(lane: Lane, item: T): void;
  delete(lane: Lane, item: T): void;
  /** Whose turn it is; `number` is the turn's, which counts the turns of all processes. */
  next(number: number): T | undefined;
  /** Takes out all of them. */
  drain(): T[];
}

export function createLanes<T>(): Lanes<T> {
  const lanes: Record<Lane, Set<T>> = { ahead: new Set(), fair: new Set(), sweep: new Set() };
  let owed = 0;
  let lastSweep = 0;
  let wasSweep = false;

  function choose(number: number): Lane {
    if (number < lastSweep) [lastSweep, wasSweep] = [0, false]; // counted anew, in a new life of the state
    if (lanes.sweep.size > 0 && !wasSweep && number - lastSweep >= SWEEP_AFTER) return 'sweep';
    if (lanes.ahead.size > 0 && !(owed > 0 && lanes.fair.size > 0)) return 'ahead';
    return lanes.fair.size > 0 ? 'fair' : 'sweep';
  }

  return {
    get size() {
      return lanes.ahead.size + lanes.fair.size + lanes.sweep.size;
    },
    add: (lane, item) => void lanes[lane].add(item),
    delete: (lane, item) => void lanes[lane].delete(item),
    next(number) {
      const lane = choose(number);
      const [item] = lanes[lane];
      if (item === undefined) return undefined;
      lanes[lane].delete(item);
      wasSweep = lane === 'sweep';
      if (wasSweep) lastSweep = number;
      else owed = lane === 'ahead' ? Math.min(owed + 1, OWED_MOST) : Math.max(owed - 1, 0);
      return item;
    },
    drain() {
      const all = Object.values(lanes).flatMap((lane) => [...lane]);
      for (const lane of Object.values(lanes)) lane.clear();
      return all;
    },
  };
}

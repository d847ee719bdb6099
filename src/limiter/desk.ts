import { performance } from 'node:perf_hooks';
import { createLanes } from './lanes.ts';
import type { Lane } from './limiter.ts';

/** A turn that was booked, by `performance.now()`. */
export interface Held {
  number: number;
  dueAt: number;
  /** Who wakes later gives it up. */
  sendBy: number;
}

export type Booking<T extends Held> =
  | { kind: 'booked'; turns: T[] }
  /** Nothing to be had before so long; `place` is to be shown then, 0 is none. */
  | { kind: 'refused'; waitMs: number; place: number };

/** A longer wait is cut into pieces, so that a bucket that opens earlier is noticed. */
const LONGEST_WAIT_MS = 5_000;

/** Turns that fall due sooner than this were asked for late. */
const SOON_MS = 150;

/**
 * How long a process rests between its turns before it asks for more, so that it is not told to come back: longer when it
 * was, shorter when what it got fell due too soon, by up to half or 0.3 s, whichever is more.
 */
export function restAfter(restMs: number, booking: { waitMs: number } | { aheadMs: number }): number {
  if ('waitMs' in booking) return Math.min(restMs + Math.min(booking.waitMs, 500) * 0.75, LONGEST_WAIT_MS);
  const lateMs = Math.min(Math.max(0, SOON_MS - booking.aheadMs), SOON_MS);
  return Math.max(0, Math.min(restMs - 2 * lateMs, restMs * (1 - lateMs / (2 * SOON_MS))));
}

/** The callers of one process before one allowance. */
export interface Desk<T extends Held> {
  readonly waiting: number;
  take(lane: Lane, signal?: AbortSignal): Promise<T>;
  /** The bucket is shut: nobody gets the turns that were booked, or are being booked now. */
  drop(): void;
}

interface Caller<T> {
  resolve(turn: T): void;
  reject(reason: unknown): void;
}

/**
 * Books turns for those who wait, no more than they can use, and hands each out when it falls due. One booking is under
 * way at a time; the next begins when half of the last one is used up, so that the way to Redis costs nothing.
 */
export function createDesk<T extends Held>(
  book: (wanted: number, place: number) => Promise<Booking<T>>,
): Desk<T> {
  const callers = createLanes<Caller<T>>();
  const held: T[] = [];
  let lastBooked = 1;
  let askAt = 0;
  let restMs = 0;
  let place = 0;
  let isBooking = false;
  let drops = 0;
  let timer: NodeJS.Timeout | undefined;

  function work(): void {
    const now = performance.now();
    for (let turn = held[0]; turn && turn.dueAt <= now; turn = held[0]) {
      held.shift();
      if (now <= turn.sendBy) callers.next(turn.number)?.resolve(turn);
      if (held.length === 0) askAt = now + restMs;
    }
    const isShort = callers.size > held.length && held.length * 2 < lastBooked;
    if (isShort && !isBooking && askAt <= now) void refill();
    const wakeAt = Math.min(held[0]?.dueAt ?? Infinity, isShort && !isBooking ? askAt : Infinity);
    clearTimeout(timer);
    if (wakeAt < Infinity) timer = setTimeout(work, Math.max(0, Math.ceil(wakeAt - now)));
  }

  async function refill(): Promise<void> {
    isBooking = true;
    try {
      const before = drops;
      const booking = await book(callers.size - held.length, place);
      if (booking.kind === 'booked') {
        if (drops === before) held.push(...booking.turns);
        lastBooked = booking.turns.length;
        place = 0;
        restMs = restAfter(restMs, { aheadMs: (booking.turns[0]?.dueAt ?? 0) - performance.now() });
      } else {
        if (booking.place > 0) restMs = restAfter(restMs, booking);
        askAt = performance.now() + Math.min(booking.waitMs, LONGEST_WAIT_MS);
        place = booking.place;
      }
    } catch (error) {
      for (const caller of callers.drain()) caller.reject(error);
    } finally {
      isBooking = false;
      work();
    }
  }

  return {
    get waiting() {
      return callers.size;
    },
    drop() {
      drops += 1;
      held.length = 0;
      work();
    },
    async take(lane, signal) {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const caller = { resolve, reject };
      const abort = () => {
        callers.delete(lane, caller);
        reject(signal?.reason);
        work();
      };
      signal?.addEventListener('abort', abort, { once: true });
      callers.add(lane, caller);
      work();
      try {
        return await promise;
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

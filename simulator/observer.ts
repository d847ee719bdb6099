import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** A call as it came over the wire. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | null;
  /** Parsed; text where it was no JSON, undefined where there was none. */
  readonly body: unknown;
}

/** A call and its answer, whether or not that has reached the caller. */
export interface Exchange extends Request {
  readonly status: number;
  /** Parsed; undefined where there was none. */
  readonly answer: unknown;
}

/** A call that a fault befell before it could be answered. */
export interface Unanswered extends Request {
  readonly status: null;
}

/** Is shown every call that has arrived whole, and returns what it has to complain of. */
export type Observer = (call: Exchange | Unanswered) => readonly string[];

/** The `observe` that a module exports; undefined when there is none. */
export function loadObserver(path: string): Observer | undefined {
  try {
    const { observe } = createRequire(import.meta.url)(resolve(path)) as { observe?: unknown };
    return typeof observe === 'function' ? (observe as Observer) : undefined;
  } catch {
    return undefined;
  }
}

/** What an observer complained of, and how often. */
export interface Complaints {
  /** Looks at a call when somebody reads: no other call has to wait for that. */
  later(look: () => readonly string[]): void;
  read(): ComplaintsReading;
}

export interface ComplaintsReading {
  readonly total: number;
  readonly complaints: Readonly<Record<string, number>>;
}

/** So that one fault a call does not fill the memory. */
const MOST_TEXTS = 1000;

/** Some 50 MB; of more the oldest are looked at. */
const MOST_UNREAD = 20_000;

export function createComplaints(): Complaints {
  const counts = new Map<string, number>();
  const unread: (() => readonly string[])[] = [];
  let total = 0;

  function look(): void {
    for (const text of unread.shift()?.() ?? []) {
      total += 1;
      if (counts.has(text) || counts.size < MOST_TEXTS) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }

  return {
    later(each) {
      unread.push(each);
      if (unread.length > MOST_UNREAD) look();
    },
    read() {
      while (unread.length > 0) look();
      return { total, complaints: Object.fromEntries(counts) };
    },
  };
}

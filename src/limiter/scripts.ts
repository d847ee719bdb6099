import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { Seen, Turn } from './limiter.ts';

/** A day after its last use an allowance is forgotten, and what Okta said of it. */
const TTL_MS = 24 * 60 * 60_000;
/** What a replica of Redis may lack when it takes over. */
const LAG_MS = 1_000;

/** A process that has not asked for so long is gone, or has nobody waiting and calling. */
export const GONE_MS = 60_000;

/** Who asks, and how many of its callers wait and call. */
export interface Asker {
  process: string;
  waiting: number;
  inFlight: number;
}

export interface BookRequest extends Asker {
  /** Calls a window: by the configuration, and at most. */
  start: number;
  most: number;
  windowMs: number;
  spreadMs: number;
  /** Turns; 0 only looks. */
  wanted: number;
  /** The turn that it was promised when it was told to come back; 0 when it was not. */
  place: number;
  /** How long ago the connection was lost, if since its last booking: Redis may have lost something. */
  lostMs: number | null;
  /** Redis' own clock unless told. */
  clockMs?: number;
}

type BookCause = 'ceiling' | 'others' | 'line' | 'used-up' | 'closed';

export type BookReply =
  /** Turns `gapMs` apart, the first of which falls due in `waitMs`, `dueMs` by Redis' clock. */
  | {
      kind: 'booked';
      cause: 'ceiling' | 'others';
      count: number;
      waitMs: number;
      gapMs: number;
      number: number;
      life: number;
      dueMs: number;
    }
  /** None was wanted. */
  | { kind: 'looked'; cause: 'ceiling' | 'others'; gapMs: number }
  /** To be asked again after so long, with the place in the line, if there is one. */
  | { kind: 'refused'; cause: 'line' | 'others' | 'used-up' | 'closed'; waitMs: number; place: number };

export interface SettleRequest extends Asker {
  windowMs: number;
  spreadMs: number;
  answers: readonly { turn: Pick<Turn, 'number' | 'life' | 'dueMs'>; seen: Seen }[];
  clockMs?: number;
}

/** The two moves of the limiter in Redis, each atomic. */
export interface Scripts {
  book(key: string, request: BookRequest): Promise<BookReply>;
  /** For each answer whether it has shut a bucket that was open. */
  settle(key: string, request: SettleRequest): Promise<boolean[]>;
}

const source = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
const [BOOK, SETTLE] = [source('book'), source('settle')];

type Argument = string | number;
interface Commands {
  portageBook(...args: Argument[]): Promise<[number, BookCause, string, ...string[]]>;
  portageSettle(...args: Argument[]): Promise<number[]>;
}

/** `key` needs a hash tag: all keys of a script belong together. */
export function defineScripts(redis: Redis): Scripts {
  redis.defineCommand('portageBook', { numberOfKeys: 2, lua: BOOK });
  redis.defineCommand('portageSettle', { numberOfKeys: 2, lua: SETTLE });
  const commands = redis as unknown as Commands;
  return {
    async book(key, { clockMs = '', ...request }) {
      const { start, most, windowMs, spreadMs, wanted, place, lostMs, process, waiting, inFlight } = request;
      const args = [clockMs, start, most, windowMs, spreadMs, LAG_MS, TTL_MS, wanted, place, lostMs ?? ''];
      const told = [process, waiting, inFlight, GONE_MS];
      const reply = await commands.portageBook(key, processesOf(key), ...args, ...told);
      return toBookReply(reply, wanted);
    },
    async settle(key, { clockMs = '', windowMs, spreadMs, process, waiting, inFlight, answers }) {
      const told = answers.flatMap(({ turn: { number, life, dueMs }, seen }) => [
        number,
        life,
        dueMs,
        seen.limit ?? '',
        seen.remaining ?? '',
        seen.resetInMs ?? '',
        seen.reset ?? '',
        seen.crowded ? 'crowded' : (seen.closeForMs ?? ''),
      ]);
      const args = [clockMs, windowMs, spreadMs, TTL_MS, process, waiting, inFlight];
      return (await commands.portageSettle(key, processesOf(key), ...args, ...told)).map(
        (shut) => shut === 1,
      );
    },
  };
}

/** Where each process says how many of its callers wait and call. */
export const processesOf = (key: string) => `${key}:processes`;

function toBookReply(
  [count, cause, wait, ...rest]: [number, BookCause, string, ...string[]],
  wanted: number,
): BookReply {
  const waitMs = Number(wait);
  if (cause === 'line') return { kind: 'refused', cause, waitMs, place: Number(rest[0]) };
  const [gapMs, number = 0, life = 0, dueMs = 0] = rest.map(Number);
  if (gapMs === undefined || (cause !== 'ceiling' && cause !== 'others')) {
    if (cause === 'ceiling') throw new Error('Bug: refused for nothing');
    return { kind: 'refused', cause, waitMs, place: 0 };
  }
  if (wanted === 0) return { kind: 'looked', cause, gapMs };
  return { kind: 'booked', cause, count, waitMs, gapMs, number, life, dueMs };
}

import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import { createDesk, type Desk, type Held } from './desk.ts';
import type { Allowance, Limiter, Pace, Seen, Turn } from './limiter.ts';
import { type Asker, defineScripts } from './scripts.ts';
import { ceilingOf, readState } from './state.ts';

/** A process that wakes later than this after its turn fell due gives the turn up. */
const LATEST_MS = 100;
/** A call whose turn is older is over, or was never made. */
const LONGEST_CALL_MS = 60_000;

/** What the calls of one process do to one allowance. */
interface Account {
  desk: Desk<HeldTurn>;
  inFlight: Set<Turn>;
  /** Answers that Redis has not been told of. */
  untold: { turn: Turn; seen: Seen; told: (shut: boolean) => void; failed: (error: unknown) => void }[];
  isTelling: boolean;
}

interface HeldTurn extends Held, Pick<Turn, 'life' | 'dueMs'> {}

/** The limiter in Redis; every process of the fleet that names the same prefix shares its allowances. */
export function createRedisLimiter(
  redis: Redis,
  prefix: string,
  paceOf: (allowance: Allowance) => Pace,
): Limiter {
  const scripts = defineScripts(redis);
  const process = randomUUID();
  const accounts = new Map<string, Account>();
  let lostAt: number | null = null;
  redis.on('close', () => {
    lostAt = performance.now();
  });

  const keyOf = ({ org, bucket }: Allowance) => `${prefix}:{allowance:${org}:${bucket}}`;

  const requestOf = (allowance: Allowance) => {
    const pace = paceOf(allowance);
    const { windowMs, jitterMs } = pace;
    return {
      start: pace.perWindow,
      most: ceilingOf(pace, null).most,
      windowMs,
      spreadMs: jitterMs + LATEST_MS,
    };
  };

  function askerOf({ desk, inFlight }: Account): Asker {
    const since = performance.now() - LONGEST_CALL_MS;
    for (const turn of inFlight) if (turn.sendBy < since) inFlight.delete(turn);
    return { process, waiting: desk.waiting, inFlight: inFlight.size };
  }

  function accountOf(allowance: Allowance): Account {
    const key = keyOf(allowance);
    const known = accounts.get(key);
    if (known) return known;
    let knownLostAt: number | null = null; // who comes to an allowance after a loss has lost it as well
    const desk = createDesk<HeldTurn>(async (wanted, place) => {
      const [asOf, askedAt] = [lostAt, performance.now()];
      const reply = await scripts.book(key, {
        ...requestOf(allowance),
        ...askerOf(account),
        wanted,
        place,
        lostMs: asOf === null || asOf === knownLostAt ? null : askedAt - asOf,
      });
      knownLostAt = asOf;
      if (reply.kind === 'looked') throw new Error('Bug: booked no turn');
      if (reply.kind === 'refused') return reply;
      // Redis answered somewhere between: late is counted from when it was asked, due from when its answer came.
      const answeredAt = performance.now();
      const { count, waitMs, gapMs, number, life, dueMs } = reply;
      const turns = Array.from({ length: count }, (_, i) => ({
        number: number + i,
        life,
        dueMs: dueMs + i * gapMs,
        dueAt: answeredAt + waitMs + i * gapMs,
        sendBy: askedAt + waitMs + i * gapMs + LATEST_MS,
      }));
      return { kind: 'booked', turns };
    });
    const account: Account = { desk, inFlight: new Set(), untold: [], isTelling: false };
    accounts.set(key, account);
    return account;
  }

  /** Tells Redis of all answers that have come since it was told last. */
  async function tell(allowance: Allowance, account: Account): Promise<void> {
    account.isTelling = true;
    for (let some = account.untold.splice(0); some.length > 0; some = account.untold.splice(0)) {
      const { windowMs, spreadMs } = requestOf(allowance);
      const request = { windowMs, spreadMs, ...askerOf(account), answers: some };
      try {
        const shut = await scripts.settle(keyOf(allowance), request);
        if (some.some(({ seen }) => seen.closeForMs !== null)) account.desk.drop();
        for (const [i, { told }] of some.entries()) told(shut[i] === true);
      } catch (error) {
        for (const { failed } of some) failed(error);
      }
    }
    account.isTelling = false;
  }

  return {
    async take(allowance, { lane = 'fair', signal } = {}) {
      const account = accountOf(allowance);
      const { number, life, dueMs, sendBy } = await account.desk.take(lane, signal);
      const turn = { allowance, number, life, dueMs, sendBy };
      account.inFlight.add(turn);
      return turn;
    },

    async settle(turn, seen) {
      const account = accountOf(turn.allowance);
      account.inFlight.delete(turn);
      if (!seen) return false;
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      account.untold.push({ turn, seen, told: resolve, failed: reject });
      if (!account.isTelling) void tell(turn.allowance, account);
      return promise;
    },

    async state(allowance) {
      const asker = askerOf(accountOf(allowance));
      return readState(redis, scripts, keyOf(allowance), paceOf(allowance), {
        ...requestOf(allowance),
        ...asker,
        wanted: 0,
        place: 0,
        lostMs: null,
      });
    },
  };
}

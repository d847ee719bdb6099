import type { Redis } from 'ioredis';
import { type Bad, type BadKind, badKinds, crowdAround } from '../domain/crowd.ts';
import { LAST } from '../domain/hold.ts';
import type { MigrationId } from '../domain/ids.ts';
import { HOUR, SECOND } from '../time.ts';

const EXPIRY_SECONDS = (24 * HOUR) / SECOND;

/** Counts a migration's answers for the whole fleet. What Redis loses of it only delays a hold. */
export interface Tally {
  /** The place of an answer that has just come. */
  next(id: MigrationId): Promise<number>;
  /** Notes a bad answer, and returns those of its kind around it if they are too many; see `crowdAround`. */
  note(id: MigrationId, kind: BadKind, bad: Bad): Promise<Bad[]>;
  /** Judges anew from here. */
  forget(id: MigrationId): Promise<void>;
}

export function createTally(redis: Redis, prefix: string): Tally {
  const placeKey = (id: MigrationId) => `${prefix}:answers:m${id}`;
  const badKey = (id: MigrationId, kind: BadKind) => `${prefix}:answers:m${id}:${kind}`;
  return {
    async next(id) {
      const key = placeKey(id);
      // Awaited together: of two that Redis refuses, one that nobody awaits yet would end the process.
      const [place] = await Promise.all([redis.incr(key), redis.expire(key, EXPIRY_SECONDS)]);
      return place;
    },
    async note(id, kind, { place, subjectId }) {
      const key = badKey(id, kind);
      await redis.zadd(key, place, `${place} ${subjectId}`);
      await redis.expire(key, EXPIRY_SECONDS);
      await redis.zremrangebyscore(key, 0, place - 10 * LAST);
      return crowdAround(place, (await redis.zrangebyscore(key, place - LAST, place + LAST)).map(toBad));
    },
    async forget(id) {
      await redis.del(badKinds.map((kind) => badKey(id, kind)));
    },
  };
}

function toBad(member: string): Bad {
  const [place = 0, subjectId = 0] = member.split(' ').map(Number);
  return { place, subjectId };
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { JWK } from 'jose';
import { MINUTE, SECOND } from '../time.ts';
import type { Refusal } from './authorization.ts';
import { seal, unseal } from './seal.ts';

/** An access token as Okta has issued it. */
export interface AccessToken {
  value: string;
  /** With DPoP: the private key that it is bound to, and the nonce for the next request. */
  dpop: { key: JWK; nonce: string | null } | null;
}

export type Asked = { kind: 'ok'; token: AccessToken; lifeMs: number } | Refusal;
/** What stands beside the token: who asks for it, or what the last one, or its token, was told. */
type Beside = { kind: 'asking'; by: string } | Refusal;
type Shared = { kind: 'ok'; token: AccessToken } | Refusal;

/** After so much of its life a token is replaced, by one process, while the others go on using it. */
const REFRESH_SHARE = 5 / 6;
/** A process that asks for a token and dies keeps the others from asking for so long. */
const ASKING_MS = 2 * MINUTE;
/** What Okta refused is not asked for again for so long, by anybody. */
const REFUSED_MS = 5 * SECOND;
const LOOK_AGAIN_MS = SECOND / 5;

const DELETE_IF = readFileSync(new URL('./delete-if.lua', import.meta.url), 'utf8');

interface Held {
  token: AccessToken;
  /** By `performance.now()`, from the life that Redis counts: no two machines' clocks are compared. */
  refreshAt: number;
  expiresAt: number;
}

/** One access token for the whole fleet, in Redis, encrypted. */
export interface SharedToken {
  get(signal?: AbortSignal): Promise<Shared>;
  /**
   * Takes it away from everybody, unless it has been replaced already. The next is asked for at once, but not if it
   * replaced one that was discarded so itself: then everybody is told `why` for a while.
   */
  discard(token: AccessToken, why: Refusal): Promise<void>;
}

interface Options {
  redis: Redis;
  /** The Redis key. */
  place: string;
  encryptionKey: Buffer;
  /** Asks Okta for a token; `last` is the one before. */
  ask: (last: AccessToken | null, signal?: AbortSignal) => Promise<Asked>;
}

export function createSharedToken({ redis, place, encryptionKey, ask }: Options): SharedToken {
  const asking = `${place}:asking`;
  const discarded = `${place}:discarded`;
  let held: Held | null = null;
  let getting: { shared: Promise<Shared>; signal: AbortSignal | undefined } | undefined;

  const deleteIf = (key: string, value: string) => redis.eval(DELETE_IF, 1, key, value);

  async function load(): Promise<void> {
    // At once, or the life could be its successor's.
    const [[, sealed], [, leftMs]] = (await redis.multi().get(place).pttl(place).exec()) as [
      [null, string | null],
      [null, number],
    ];
    const text = sealed && unseal(encryptionKey, place, sealed);
    if (!text) return;
    const { token, lifeMs } = JSON.parse(text) as { token: AccessToken; lifeMs: number };
    const expiresAt = performance.now() + leftMs;
    held = { token, expiresAt, refreshAt: expiresAt - lifeMs * (1 - REFRESH_SHARE) };
  }

  async function askAndShare(signal?: AbortSignal): Promise<Shared> {
    const asked = await ask(held?.token ?? null, signal);
    if (asked.kind !== 'ok') {
      await redis.set(asking, JSON.stringify(asked), 'PX', REFUSED_MS);
      return asked;
    }
    const { token, lifeMs } = asked;
    const sealed = seal(encryptionKey, place, JSON.stringify({ token, lifeMs }));
    await redis.set(place, sealed, 'PX', Math.floor(lifeMs));
    await load();
    return { kind: 'ok', token };
  }

  /** Resolves to what one process of the fleet has asked for. */
  async function getShared(signal?: AbortSignal): Promise<Shared> {
    for (;;) {
      await load();
      if (held && performance.now() < held.refreshAt) return { kind: 'ok', token: held.token };
      const mark = JSON.stringify({ kind: 'asking', by: randomUUID() } satisfies Beside);
      const mayAsk = await redis.set(asking, mark, 'PX', ASKING_MS, 'NX');
      if (mayAsk) {
        try {
          return await askAndShare(signal);
        } finally {
          void deleteIf(asking, mark).catch(() => {}); // not awaited: who gives up may do so for want of Redis
        }
      }
      const text = await redis.get(asking);
      const beside = text ? (JSON.parse(text) as Beside) : null;
      if (beside && beside.kind !== 'asking') return beside;
      if (held && performance.now() < held.expiresAt) return { kind: 'ok', token: held.token };
      await sleep(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  async function get(signal?: AbortSignal): Promise<Shared> {
    if (held && performance.now() < held.refreshAt) return { kind: 'ok', token: held.token };
    getting ??= {
      signal,
      shared: getShared(signal).finally(() => {
        getting = undefined;
      }),
    };
    const { shared, signal: askers } = getting;
    const got = shared.catch((error: unknown) => {
      if (!askers?.aborted || signal?.aborted) throw error;
      return get(signal); // another caller began it, and has given up
    });
    if (!held || performance.now() >= held.expiresAt) return got;
    got.catch(() => {}); // there is time to try again
    return { kind: 'ok', token: held.token };
  }

  return {
    get,

    async discard(token, why) {
      if (held?.token.value === token.value) held = null;
      const sealed = await redis.get(place);
      const text = sealed && unseal(encryptionKey, place, sealed);
      if (!text || (JSON.parse(text) as { token: AccessToken }).token.value !== token.value) return;
      if (!(await deleteIf(place, sealed))) return; // another call with it came first
      const isFirst = await redis.set(discarded, '1', 'PX', 2 * REFUSED_MS, 'NX');
      if (isFirst) return;
      await redis.pexpire(discarded, 2 * REFUSED_MS);
      await redis.set(asking, JSON.stringify(why satisfies Beside), 'PX', REFUSED_MS);
    },
  };
}

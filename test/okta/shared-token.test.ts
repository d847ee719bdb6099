import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { type AccessToken, type Asked, createSharedToken } from '../../src/okta/shared-token.ts';
import { openTestRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let place: string;
let issued: number;
beforeEach(() => {
  redis = openTestRedis();
  place = `${redis.prefix}:token:acme`;
  issued = 0;
});
afterEach(() => redis.close());

type Ask = (last: AccessToken | null, signal?: AbortSignal) => Promise<Asked>;
const issue: Ask = async () => {
  issued += 1;
  return { kind: 'ok', token: { value: `token-${issued}`, dpop: null }, lifeMs: 60_000 };
};
const encryptionKey = randomBytes(32);

/** The token as one more process of the fleet has it. */
const open = (ask = issue, connection = redis.connect()) =>
  createSharedToken({ redis: connection, place, encryptionKey, ask });

/** Asks and gets no answer for as long as it waits. */
function unanswered() {
  const events = new EventTarget();
  const ask: Ask = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      events.dispatchEvent(new Event('asked'));
    });
  return { ask, asked: once(events, 'asked') };
}

test('who gives up while asking keeps nobody else from asking', async () => {
  const { ask, asked } = unanswered();
  const giveUp = new AbortController();
  const lost = open(ask).get(giveUp.signal);
  await asked;
  giveUp.abort();
  await expect(lost).rejects.toThrow('aborted');
  expect(await open().get()).toMatchObject({ kind: 'ok' });
});

test('who gives up while asking does not give up for the others of its process', async () => {
  const { ask, asked } = unanswered();
  const [giveUp, stay] = [new AbortController(), new AbortController()];
  let calls = 0;
  const shared = open((last, signal) => (calls++ === 0 ? ask : issue)(last, signal));
  const lost = shared.get(giveUp.signal);
  await asked;
  const others = [shared.get(stay.signal), shared.get()];
  giveUp.abort();
  await expect(lost).rejects.toThrow('aborted');
  expect(await Promise.all(others)).toMatchObject([{ kind: 'ok' }, { kind: 'ok' }]);
  expect(calls).toBe(2);
});

test.each([
  ['gets a token', 'ok'],
  ['gives up', 'lost'],
])('who %s after another has begun to ask leaves the other alone', async (_, end) => {
  const own = redis.connect();
  const giveUp = new AbortController();
  const got = open(async (last) => {
    await own.set(`${place}:asking`, '{"kind":"asking","by":"another"}', 'PX', 60_000); // as after two minutes
    if (end === 'ok') return issue(last);
    giveUp.abort();
    throw giveUp.signal.reason;
  }).get(giveUp.signal);
  expect(
    await got.then(
      ({ kind }) => kind,
      () => 'lost',
    ),
  ).toBe(end);
  expect(await own.get(`${place}:asking`)).toContain('another');
});

/** A connection between whose questions another process replaces the token. */
function interrupted(replace: () => Promise<unknown>): Redis {
  const own = redis.connect();
  let replaced: Promise<unknown> | undefined;
  const others = () => {
    replaced ??= replace();
    return replaced;
  };
  const [get, pttl, multi] = [own.get.bind(own), own.pttl.bind(own), own.multi.bind(own)];
  return Object.assign(own, {
    get: async (key: string) => {
      const value = await get(key);
      await others();
      return value;
    },
    pttl: async (key: string) => {
      await others();
      return pttl(key);
    },
    multi: () => {
      const batch = multi();
      const exec = batch.exec.bind(batch);
      return Object.assign(batch, {
        exec: async () => {
          const values = await exec();
          await others();
          return values;
        },
      });
    },
  });
}

const oldToken = { value: 'token-1', dpop: null };
const refusal: Extract<Asked, { kind: 'misconfigured' }> = {
  kind: 'misconfigured',
  cause: 'credentials',
  error: { status: 401, code: 'E0000011', text: 'Invalid token provided', requestId: null },
};
const replace = async () => {
  const other = open();
  await other.discard(oldToken, refusal);
  expect(await other.get()).toMatchObject({ token: { value: 'token-2' } });
};

test('a token that is replaced while it is read is not kept for as long as its successor', async () => {
  await open().get();
  await redis.connect().pexpire(place, 5_000); // less than a sixth of its life
  const got = await open(issue, interrupted(replace)).get();
  expect(issued).toBeGreaterThanOrEqual(2);
  expect(got).not.toMatchObject({ token: oldToken });
});

test('a token that is replaced while another is given up stays', async () => {
  await open().get();
  await open(issue, interrupted(replace)).discard(oldToken, refusal);
  expect(issued).toBe(2);
  expect(await open().get()).toMatchObject({ token: { value: 'token-2' } });
});

test('a discarded token is replaced at once, but not one that is discarded soon after: everybody is told why', async () => {
  const [one, other] = [open(), open()];
  await one.get();
  await Promise.all([one.discard(oldToken, refusal), other.discard(oldToken, refusal)]);
  expect(await other.get()).toMatchObject({ kind: 'ok', token: { value: 'token-2' } });
  await other.discard({ value: 'token-2', dpop: null }, refusal);
  expect([await one.get(), await other.get(), await open().get()]).toEqual([refusal, refusal, refusal]);
  expect(issued).toBe(2);

  await redis.connect().del(`${place}:asking`); // as after five seconds
  await open().get();
  await one.discard({ value: 'token-3', dpop: null }, refusal); // and once is enough then
  expect(await open().get()).toEqual(refusal);
  expect(issued).toBe(3);
});

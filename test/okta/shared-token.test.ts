import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
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

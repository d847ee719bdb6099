import { bucketNames } from '../../src/domain/buckets.ts';
import { createDoor, type Door } from '../support/door.ts';
import { type Api, type ApiAnswer, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { openApi } from './support.ts';

const users = { org: 'acme', bucket: 'users' } as const;

let world: World;
let api: Api;

beforeAll(async () => {
  world = await createWorld({ perMinute: 600 });
  api = await world.api();
});
afterAll(() => world.close());
afterEach(() => patch('acme', 'users', { keepFree: null }));

async function patch(org: string, bucket: string, payload: object): Promise<ApiAnswer> {
  const url = `/v1/allowances/${org}/${bucket}`;
  const answer = await api.fastify.inject({ method: 'PATCH', url, headers: AUTHORIZED, payload });
  return { status: answer.statusCode, headers: { ...answer.headers }, body: answer.json() };
}
const listed = async (bucket = 'users') =>
  (await api.get('/v1/allowances')).body.allowances.find(
    (each: { bucket: string }) => each.bucket === bucket,
  );
const paths = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path).sort();

test('every bucket of every org is listed', async () => {
  const { status, body } = await api.get('/v1/allowances');
  expect(status).toBe(200);
  expect(body.allowances.map(({ org, bucket }: Record<string, string>) => `${org} ${bucket}`)).toEqual(
    bucketNames.map((bucket) => `acme ${bucket}`),
  );
});

test('an allowance that nobody has used is as configured', async () => {
  expect(await listed()).toEqual({
    org: 'acme',
    bucket: 'users',
    summary: '600 calls a minute, as configured',
    pace: { perMinute: 600, cause: 'configured' },
    ceiling: { perMinute: 600, from: 'configured' },
    configured: { perMinute: 600, maxPerMinute: 600, keepFree: 0, override: null },
    seenPerMinute: null,
    othersPerMinute: null,
    window: null,
    inFlight: 0,
    waiting: 0,
    atOnce: { jobs: 40, most: 40, cause: 'configured' },
    closedForMs: 0,
    throttled: 0,
    crowded: 0,
  });
});

test('how many jobs may be under way is shown, and why they are fewer than configured', async () => {
  const { queue } = world.open().queues.subjects.get('acme.users') ?? {};
  await queue?.setGlobalConcurrency(1);
  expect(await listed()).toMatchObject({
    summary: '600 calls a minute, as configured; 1 of 40 jobs at once: Okta has refused more',
    atOnce: { jobs: 1, most: 40, cause: 'crowded' },
  });
  expect((await listed('group')).atOnce).toBeNull();
  await queue?.removeGlobalConcurrency();
  expect((await listed()).atOnce).toEqual({ jobs: 40, most: 40, cause: 'configured' });
});

test('what Okta has answered is shown, in whole calls', async () => {
  const elsewhere = await createWorld({ perMinute: 600, tokenSharePercent: 50 });
  try {
    const { limiter } = elsewhere.open();
    const seen = { limit: 300, resetInMs: 60_000, reset: 1_000, closeForMs: null, crowded: false };
    const numbers: number[] = [];
    for (const remaining of [299, 290]) {
      const turn = await limiter.take(users);
      numbers.push(turn.number);
      await limiter.settle(turn, { ...seen, remaining }); // others have spent eight between the two
    }
    const [first = 0, last = 0] = numbers; // a turn between them was given up if this process stood still
    expect((await limiter.state(users)).window?.usedByOthers).not.toBe(0);
    const { status, body } = await (await elsewhere.api()).get('/v1/allowances');
    expect(status).toBe(200);
    expect(body.allowances[0]).toMatchObject({
      bucket: 'users',
      ceiling: { perMinute: 300, from: 'okta' },
      seenPerMinute: 300,
      window: { usedByUs: last - first + 1 },
    });
    const { usedByUs, usedByOthers, remaining } = body.allowances[0].window;
    expect(usedByUs + usedByOthers + remaining).toBe(300);
    expect(Number.isInteger(usedByOthers)).toBe(true);
  } finally {
    await elsewhere.close();
  }
});

test.each<[number | string, number]>([
  [180, 180],
  ['30%', 180],
])('keeping %s free holds at once, and is shown with who has set it', async (keepFree, calls) => {
  const { status, body } = await patch('acme', 'users', { keepFree, expiresInSeconds: 7_200 });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    summary: `420 calls a minute: ${calls} are kept free for others`,
    ceiling: { perMinute: 420, from: 'keep-free' },
    configured: { keepFree: 0, override: { keepFree, setBy: 'tests' } },
  });
  const { setAt, expiresAt } = body.configured.override;
  expect(Date.parse(expiresAt) - Date.parse(setAt)).toBe(7_200_000);
  expect(await listed()).toEqual(body);
  expect((await listed('group')).configured.override).toBeNull();
});

test('without an expiry it holds until it is taken away', async () => {
  expect((await patch('acme', 'users', { keepFree: 60 })).body.configured.override.expiresAt).toBeNull();
  const { body } = await patch('acme', 'users', { keepFree: null });
  expect(body.configured.override).toBeNull();
  expect(await listed()).toMatchObject({ ceiling: { perMinute: 600 }, configured: { override: null } });
});

test('another process shows it once it has read it', async () => {
  const other = world.open();
  await patch('acme', 'users', { keepFree: '50%' });
  await other.allowances.refresh();
  expect(other.allowances.paceOf(users).keepFreePerWindow).toBe(300);
});

test.each([
  ['akme', 'users'],
  ['acme', 'user'],
  ['constructor', 'users'],
  ['acme', 'constructor'],
])('%s %s is not found', async (org, bucket) => {
  const { status, headers, body } = await patch(org, bucket, { keepFree: 10 });
  expect([status, body.code]).toEqual([404, 'allowance_not_found']);
  expect(headers['content-type']).toMatch('application/problem+json');
  expect(await world.ownRows('SELECT 1 FROM allowance_overrides')).toHaveLength(0);
});

const FAULTS: [object, string[]][] = [
  [{}, ['/body/keepFree']],
  [{ keepFree: 600 }, ['/body/keepFree']],
  [{ keepFree: -1 }, ['/body/keepFree']],
  [{ keepFree: 1.5 }, ['/body/keepFree']],
  [{ keepFree: '100%' }, ['/body/keepFree']],
  [{ keepFree: 'a third' }, ['/body/keepFree']],
  [{ keepFree: ['30%'] }, ['/body/keepFree']],
  [{ keepFree: 600, expiresInSeconds: 0 }, ['/body/expiresInSeconds', '/body/keepFree']],
  [{ keepFree: null, expiresInSeconds: 60 }, ['/body/expiresInSeconds']],
  [
    { keepFree: true, expiresInSeconds: '2h', perMinute: 5 },
    ['/body/expiresInSeconds', '/body/keepFree', '/body/perMinute'],
  ],
];

test.each(FAULTS)('%j is refused with all its faults, and changes nothing', async (payload, wanted) => {
  await patch('acme', 'users', { keepFree: 60 });
  const { status, body } = await patch('acme', 'users', payload);
  expect([status, body.code, paths(body)]).toEqual([400, 'invalid_request', wanted]);
  expect((await listed()).configured.override.keepFree).toBe(60);
});

describe('when Redis cannot be asked', () => {
  let door: Door;
  let cut: Awaited<ReturnType<typeof openApi>>;
  beforeAll(async () => {
    door = await createDoor(world.env.REDIS_URL ?? '');
    world.closeLater(door);
    cut = await openApi(world, { REDIS_URL: door.url });
    door.shut();
  });
  const url = '/v1/allowances';

  test('listing allowances is answered with 503 and when to ask again', async () => {
    const { statusCode, headers, body } = await cut.inject({ url, headers: AUTHORIZED });
    expect([statusCode, JSON.parse(body).code]).toEqual([503, 'redis_unreachable']);
    expect(headers['retry-after']).toBe('5');
  });

  test('what is kept free is stored all the same, and the answer says so', async () => {
    const { statusCode, body } = await cut.inject({
      method: 'PATCH',
      url: `${url}/acme/users`,
      headers: AUTHORIZED,
      payload: { keepFree: '20%' },
    });
    expect([statusCode, JSON.parse(body).code]).toEqual([503, 'redis_unreachable']);
    expect(JSON.parse(body).detail).toMatch(/^It is set/);
    expect(await world.ownRows('SELECT keep_free FROM allowance_overrides')).toEqual([{ keep_free: '20%' }]);
  });
});

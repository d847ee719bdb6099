import { createDoor, type Door } from '../support/door.ts';
import { eventually } from '../support/eventually.ts';
import { createWorld, type World } from '../support/world.ts';
import { BEARER, openApi } from './support.ts';

let world: World;
let api: Awaited<ReturnType<typeof openApi>>;
const doors: Record<'redis' | 'database', Door> = {} as never;

beforeAll(async () => {
  world = await createWorld();
  doors.redis = await createDoor(world.env.REDIS_URL ?? '');
  doors.database = await createDoor(world.env.DATABASE_URL ?? '');
  world.closeLater(doors.redis);
  world.closeLater(doors.database);
  api = await openApi(world, { REDIS_URL: doors.redis.url, DATABASE_URL: doors.database.url });
});
afterAll(() => world.close());

const get = (url: string) => api.inject({ url, headers: BEARER });
const ready = async () => {
  const { statusCode, body } = await api.inject({ url: '/readyz' });
  return statusCode === 200 && body;
};

beforeEach(async () => {
  for (const door of Object.values(doors)) door.open();
  await eventually('the API is ready', ready);
});

test('a process that answers is healthy, to callers without a key too', async () => {
  const { statusCode, body } = await api.inject({ url: '/healthz' });
  expect([statusCode, body]).toEqual([200, '{"status":"ok"}']);
});

test('it is ready when both databases answer', async () => {
  expect(await ready()).toBe('{"status":"ok","database":"ok","redis":"ok"}');
});

test.each(['redis', 'database'] as const)(
  'it is not ready while %s is away, healthy all the same, and ready again',
  async (part) => {
    doors[part].shut();
    const { statusCode, body } = await api.inject({ url: '/readyz' });
    expect(statusCode).toBe(503);
    expect(JSON.parse(body)).toEqual({
      status: 'unreachable',
      database: 'ok',
      redis: 'ok',
      [part]: 'unreachable',
    });
    expect((await api.inject({ url: '/healthz' })).statusCode).toBe(200);
    doors[part].open();
    await eventually('ready again', ready);
  },
);

test('without MySQL a request is answered with 503 that names no server', async () => {
  doors.database.shut();
  const { statusCode, headers, body } = await get('/v1/migrations');
  expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
  expect(JSON.parse(body)).toMatchObject({ code: 'database_unreachable', status: 503 });
  expect(body).not.toMatch(/127\.0\.0\.1|localhost|ECONN/);
});

test.each([
  [
    'a start',
    'INSERT ON migrations',
    '/v1/migrations',
    { installation: 'werk', operation: 'create-panelists' },
  ],
  ['a retry', 'DELETE ON failures', '/v1/migrations/7/retry', {}],
])('nor is %s that loses MySQL in the middle answered otherwise', async (_, middle, url, payload) => {
  await world.ownRows(
    "INSERT INTO migrations (id, installation, operation, selection, selection_hash) VALUES (7, 'werk', 'create-admins', '{}', '')",
  );
  await world.ownRows(
    "INSERT INTO failures (migration_id, subject_id, code, message) VALUES (7, 1, 'okta_refused', '')",
  );
  await world.ownRows(`CREATE TRIGGER slow BEFORE ${middle} FOR EACH ROW DO SLEEP(30)`);
  const answer = api.inject({ method: 'POST', url, headers: BEARER, payload });
  const { id } = await eventually('it is in the middle', async () => {
    const sleeping = `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND state = 'User sleep'`;
    return (await world.ownRows<{ id: number }>(sleeping))[0];
  });
  doors.database.shut();
  const { statusCode, body } = await answer;
  expect([statusCode, JSON.parse(body).code]).toEqual([503, 'database_unreachable']);
  await world.ownRows('KILL ?', [id]).catch(() => {}); // unless it has ended by itself meanwhile
  await world.ownRows('DROP TRIGGER slow');
  await world.ownRows('DELETE FROM migrations');
});

test('without Redis a migration is recorded all the same, and says what it waits for', async () => {
  doors.redis.shut();
  const answer = await api.inject({
    method: 'POST',
    url: '/v1/migrations',
    headers: BEARER,
    payload: { installation: 'werk', operation: 'create-admins' },
  });
  expect(answer.statusCode).toBe(202);
  expect(answer.json().wait.code).toBe('redis_unreachable');
  expect(answer.json().estimate.source).toBe('configured');
});

test('an API that starts while Redis is away records migrations', async () => {
  doors.redis.shut();
  const late = await openApi(world, { REDIS_URL: doors.redis.url });
  const answer = await late.inject({
    method: 'POST',
    url: '/v1/migrations',
    headers: BEARER,
    payload: { installation: 'werk', operation: 'create-panelists' },
  });
  expect(answer.statusCode).toBe(202);
});

test('without Redis Bull Board answers 503 that names no server', async () => {
  doors.redis.shut();
  const { statusCode, headers, body } = await get('/queues/api/queues');
  expect([statusCode, headers['retry-after'], JSON.parse(body).code]).toEqual([
    503,
    '5',
    'redis_unreachable',
  ]);
  expect(headers['content-type']).toMatch('application/problem+json');
  expect(body).not.toMatch(/127\.0\.0\.1|ECONN|Stream|stack/);
});

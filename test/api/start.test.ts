import type { Seen } from '../../src/limiter/limiter.ts';
import { type Api, type ApiAnswer, createWorld, type World } from '../support/world.ts';
import { BEARER } from './support.ts';

const ADMINS = { installation: 'werk', operation: 'create-admins' };
const PANELISTS = { installation: 'werk', operation: 'create-panelists' };

const nothingSeen: Seen = {
  limit: null,
  remaining: null,
  resetInMs: null,
  reset: null,
  closeForMs: null,
  crowded: false,
};

let world: World;
let api: Api;
let other: Api;

beforeAll(async () => {
  world = await createWorld({ perMinute: 600 });
  await world.rows(world.efs.admin, [
    [1, 2, 3, 4].map((id) => [id, `admin-${id}@example.com`, 'Ad', 'Min', null]),
  ]);
  [api, other] = await Promise.all([world.api(), world.api()]);
});
afterAll(() => world.close());
afterEach(() => world.ownRows('DELETE FROM migrations'));

const finish = () =>
  world.ownRows("UPDATE migrations SET state = 'finished', finished_at = NOW() WHERE finished_at IS NULL");
const count = async () => (await world.ownRows<{ n: number }>('SELECT COUNT(*) AS n FROM migrations'))[0]?.n;
const statuses = (answers: ApiAnswer[]) => answers.map(({ status }) => status).sort((a, b) => a - b);
const raw = (payload: object, headers: Record<string, string>) =>
  api.fastify.inject({ method: 'POST', url: '/v1/migrations', headers: { ...BEARER, ...headers }, payload });

test('a new migration is answered with 202 and its address', async () => {
  const { status, headers, body } = await api.post(ADMINS);
  expect(status).toBe(202);
  expect(headers.location).toBe(`/v1/migrations/${body.id}`);
  expect((await api.get(String(headers.location))).body).toMatchObject({
    id: body.id,
    ...ADMINS,
    selection: {},
    options: {},
    createdBy: 'tests',
  });
});

test('the answer estimates the length from the people and the configured allowance', async () => {
  const { body } = await api.post(ADMINS);
  expect(body.estimate).toEqual({
    people: 4,
    seconds: 1,
    perMinute: 600,
    source: 'configured',
    text: 'about 1 s at 600 a minute, as configured',
  });
});

test('an allowance that Okta has stated lately is the better estimate, and said to be seen', async () => {
  const elsewhere = await createWorld({ perMinute: 600 });
  try {
    const { limiter } = elsewhere.open();
    const turn = await limiter.take({ org: 'acme', bucket: 'users' });
    await limiter.settle(turn, { ...nothingSeen, limit: 30, remaining: 29 });
    const { body } = await (await elsewhere.api()).post(ADMINS);
    expect(body.estimate).toMatchObject({ perMinute: 30, source: 'seen' });
    expect(body.estimate.text).toMatch(/as last seen from Okta$/);
  } finally {
    await elsewhere.close();
  }
});

test('an installation that cannot be counted costs the estimate and not the migration', async () => {
  await world.rows('RENAME TABLE teilnehmer TO weg');
  try {
    const { status, body } = await api.post(PANELISTS);
    expect([status, body.estimate]).toEqual([202, null]);
  } finally {
    await world.rows('RENAME TABLE weg TO teilnehmer');
  }
});

test.each(['running', 'held', 'paused'])(
  'the same migration, %s, is answered with 200 and that one',
  async (state) => {
    const first = await api.post({ ...ADMINS, selection: { ids: [2, 1] } });
    await world.ownRows("UPDATE migrations SET state = ?, held_reason = 'a reason'", [state]);
    const { status, headers, body } = await api.post({ ...ADMINS, selection: { ids: [1, 2, 2] } });
    expect([status, body.id, body.state]).toEqual([200, first.body.id, state]);
    expect(headers.location).toBe(`/v1/migrations/${first.body.id}`);
  },
);

test('the same migration can be started again once it has finished', async () => {
  const first = await api.post(ADMINS);
  await finish();
  const { status, body } = await api.post(ADMINS);
  expect(status).toBe(202);
  expect(body.id).not.toBe(first.body.id);
});

test('an overlapping selection is a conflict that names the migration in the way', async () => {
  const first = await api.post({ ...ADMINS, selection: { ids: [1, 2] } });
  const { status, headers, body } = await api.post({ ...ADMINS, selection: { ids: [2, 3] } });
  expect(status).toBe(409);
  expect(headers['content-type']).toMatch('application/problem+json');
  expect(body).toMatchObject({ status: 409, code: 'migration_overlaps', migration: first.body.id });
  expect(body.detail).toContain(`Migration ${first.body.id} `);
  expect(await count()).toBe(1);
});

test.each([
  ['another operation', PANELISTS],
  ['other people', { ...ADMINS, selection: { ids: [3] } }],
])('%s is no conflict', async (_, wanted) => {
  await api.post({ ...ADMINS, selection: { ids: [1, 2] } });
  expect((await api.post(wanted)).status).toBe(202);
});

test.each([2, 20])(
  'the same request %i times at the same instant, at two APIs, is one migration',
  async (times) => {
    const answers = await Promise.all(
      Array.from({ length: times }, (_, i) => (i % 2 === 0 ? api : other).post(PANELISTS)),
    );
    expect(statuses(answers)).toEqual([...Array(times - 1).fill(200), 202]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await count()).toBe(1);
  },
);

test('twenty requests with a key each, at the same instant, are all answered', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => api.post(PANELISTS, { 'idempotency-key': `storm-${i}` })),
  );
  expect(statuses(answers)).toEqual([...Array(19).fill(200), 202]);
});

test('the same Idempotency-Key gets the same answer to the byte, whatever has happened since', async () => {
  const key = { 'idempotency-key': 'again' };
  const first = await raw(ADMINS, key);
  await finish();
  const again = await raw(ADMINS, key);
  expect([again.statusCode, again.headers.location, again.body]).toEqual([
    202,
    first.headers.location,
    first.body,
  ]);
  expect(await count()).toBe(1);
});

test('a conflict is kept under its Idempotency-Key too', async () => {
  await api.post({ ...ADMINS, selection: { first: 1 } });
  const [first, again] = [
    await raw(ADMINS, { 'idempotency-key': 'conflict' }),
    await finish().then(() => raw(ADMINS, { 'idempotency-key': 'conflict' })),
  ];
  expect([first.statusCode, again.statusCode, again.body]).toEqual([409, 409, first.body]);
});

test('an Idempotency-Key with another body is refused', async () => {
  await api.post(ADMINS, { 'idempotency-key': 'reused' });
  const { status, body } = await api.post(PANELISTS, { 'idempotency-key': 'reused' });
  expect([status, body.code]).toEqual([422, 'idempotency_key_reused']);
  expect(await count()).toBe(1);
});

test('the same Idempotency-Key twice at the same instant, at two APIs, gets one answer', async () => {
  const key = { 'idempotency-key': 'instant' };
  const [one, two] = await Promise.all([api.post(ADMINS, key), other.post(ADMINS, key)]);
  expect([one.status, two.status]).toEqual([202, 202]);
  expect(two.body).toEqual(one.body);
  expect(await count()).toBe(1);
});

test('a refused request does not use up its Idempotency-Key', async () => {
  const key = { 'idempotency-key': 'corrected' };
  expect((await api.post({ ...ADMINS, operation: 'create' }, key)).status).toBe(400);
  expect((await api.post(ADMINS, key)).status).toBe(202);
});

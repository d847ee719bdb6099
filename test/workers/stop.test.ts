import { performance } from 'node:perf_hooks';
import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { portage } from '../support/portage.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import {
  addPanelists,
  counters,
  errorLog,
  failures,
  finished,
  range,
  references,
  start,
  usersQueue,
} from './support.ts';

/** Four calls a second: at any moment some jobs wait for their turns, and the rest in the queue. */
const PER_MINUTE = 240;
const PEOPLE = 40;

let world: World;
let api: Api;
let id: number;

beforeEach(async () => {
  world = await createWorld({ perMinute: PER_MINUTE });
  await addPanelists(world, range(PEOPLE));
  api = await world.api();
  id = await start(api);
});
afterEach(() => world.close());

const someAreDone = () =>
  eventually('some are done and others wait for turns', async () => {
    const { users } = await counters(world);
    const { active, waiting } = await jobs();
    return users >= 2 && users < PEOPLE / 2 && active >= 3 && waiting >= 3;
  });
/** For a minute nobody gets a turn. */
async function shutBucket(): Promise<void> {
  const turn = { allowance: { org: 'acme', bucket: 'users' }, number: 0, life: 0, dueMs: 0, sendBy: 0 };
  const unknown = { limit: null, remaining: null, resetInMs: null, reset: null, crowded: false };
  await looking.limiter.settle(turn, { ...unknown, closeForMs: 60_000 });
}
let looking: ReturnType<World['open']>;
async function jobs() {
  const {
    active = 0,
    waiting = 0,
    prioritized = 0,
    failed,
    delayed,
  } = await usersQueue(looking).getJobCounts();
  return { active, waiting: waiting + prioritized, failed, delayed };
}
beforeEach(() => {
  looking = world.open();
});

/** Everybody once, in Okta and here, with one call each. */
async function expectAllOnce(): Promise<void> {
  expect(await counters(world)).toMatchObject({ users: PEOPLE, calls: PEOPLE, throttled: 0 });
  expect(await references(world)).toEqual(range(PEOPLE));
  expect([await failures(api, id), await errorLog(world)]).toEqual([[], []]);
}

test('a worker that closes gives its waiting jobs back at once', async () => {
  const worker = startWorker(world.open());
  await someAreDone();
  await shutBucket();
  const startedMs = performance.now();
  await worker.close();
  expect(performance.now() - startedMs).toBeLessThan(7_000); // less than it would wait for calls, and than a turn takes
  const { users } = await counters(world);
  expect(await jobs()).toEqual({
    active: 0,
    waiting: PEOPLE - users,
    failed: 0,
    delayed: 0,
  });
});

test('what a closed worker gave back another one finishes, with one call for each person', async () => {
  const worker = startWorker(world.open());
  await someAreDone();
  await worker.close();
  world.closeLater(startWorker(world.open()));
  await finished(api, id);
  await expectAllOnce();
});

test('a worker closes twice, and before it has done anything', async () => {
  const worker = startWorker(world.open());
  await Promise.all([worker.close(), worker.close()]);
  await worker.close();
  expect((await counters(world)).calls).toBe(0);
});

test('a worker process ends on SIGTERM with code 0 within 10 s while jobs wait, and nobody is lost', async () => {
  const { process, ended } = portage(['worker'], world.file, world.env);
  await someAreDone();
  const startedMs = performance.now();
  process.kill('SIGTERM');
  const { code, signal, err } = await ended;
  expect([code, signal, err]).toEqual([0, null, '']);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect((await jobs()).active).toBe(0);
  world.closeLater(startWorker(world.open()));
  await finished(api, id);
  await expectAllOnce();
});

test('a second SIGTERM ends a worker at once, although Okta has not answered', async () => {
  const order = {
    method: 'POST',
    path: '/api/v1/users',
    times: PEOPLE,
    fault: { kind: 'latency', ms: 60_000 },
  };
  await world.okta.control('POST', 'faults', order);
  const { process, ended } = portage(['worker'], world.file, world.env);
  const asked = async () =>
    (await world.okta.control<{ fired: number }[]>('GET', 'faults')).reduce(
      (sum, { fired }) => sum + fired,
      0,
    );
  await eventually('Okta is asked', async () => (await asked()) >= 2);
  process.kill('SIGTERM');
  await eventually('only whom Okta is asked for is in hand', async () => {
    return (await jobs()).active <= (await asked());
  });
  process.kill('SIGTERM');
  const { code, out } = await ended;
  expect([code, out.includes('"msg":"stopping"'), out.includes('"msg":"stopped"')]).toEqual([1, true, false]);
});

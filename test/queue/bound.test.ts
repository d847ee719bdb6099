import type { Queue } from 'bullmq';
import { pino } from 'pino';
import type { App } from '../../src/app.ts';
import type { AllowanceState } from '../../src/limiter/limiter.ts';
import { halveBound, keepBounds, readBound } from '../../src/queue/bound.ts';
import { anAllowanceState } from '../support/allowance-state.ts';
import { createWorld, type World } from '../support/world.ts';

const QUEUE = 'acme.users';

let world: World;
let app: App;
let queue: Queue;
let changes: string[];
beforeEach(async () => {
  world = await createWorld();
  changes = [];
  ({ app, queue } = process(40));
});
afterEach(() => world.close());

/** One of the fleet's, which is configured like that. */
function process(concurrency: number): { app: App; queue: Queue } {
  Object.assign(world.file.orgs.acme, { concurrency });
  const opened = world.open();
  const log = pino({ base: null, timestamp: false }, { write: (line) => changes.push(line) });
  const found = opened.queues.subjects.get(QUEUE)?.queue;
  if (!found) throw new Error(`no queue ${QUEUE}`);
  return { app: { ...opened, log }, queue: found };
}

const bound = () => queue.getGlobalConcurrency();
const fiveRounds = async () => {
  for (let round = 0; round < 5; round += 1) await keepBounds(app);
};
/** As if the time had come. */
const timePasses = (what: 'crowded' | 'calm' | 'looked') => app.redis.del(queue.toKey(what));
/** Of this queue; the others of the org are bounded, too. */
const lines = () =>
  changes.map((line) => JSON.parse(line) as Record<string, unknown>).filter((line) => line.queue === QUEUE);

test('is what is configured, set by one for all', async () => {
  await Promise.all([fiveRounds(), keepBounds(process(40).app)]);
  expect(await bound()).toBe(40);
  expect(lines()).toMatchObject([{ queue: QUEUE, from: null, to: 40 }]);
});

test('is there again when Redis has lost it', async () => {
  await keepBounds(app);
  await app.redis.del(queue.toKey('meta'));
  expect(await bound()).toBeNull();
  await keepBounds(app);
  expect(await bound()).toBe(40);
});

test('is halved once, however many refusals come at a time, and never below one', async () => {
  await keepBounds(app);
  await Promise.all(Array.from({ length: 20 }, () => halveBound(app, QUEUE)));
  await fiveRounds();
  expect(await bound()).toBe(20);
  for (let crowd = 0; crowd < 8; crowd += 1) {
    await timePasses('crowded');
    await halveBound(app, QUEUE);
  }
  expect(await bound()).toBe(1);
});

test('comes back by a tenth at a time, with all processes together', async () => {
  await keepBounds(app);
  await halveBound(app, QUEUE);
  const other = process(40).app;
  for (const expected of [24, 28, 32, 36, 40, 40]) {
    await timePasses('calm');
    await Promise.all([keepBounds(app), keepBounds(other), keepBounds(app)]);
    expect(await bound()).toBe(expected);
  }
  expect(lines().map(({ from, to }) => [from, to])).toEqual([
    [null, 40],
    [40, 20],
    [20, 24],
    [24, 28],
    [28, 32],
    [32, 36],
    [36, 40],
  ]);
});

test('does not come back while refusals come, also those that do not halve it', async () => {
  await keepBounds(app);
  await halveBound(app, QUEUE);
  await timePasses('calm');
  await halveBound(app, QUEUE);
  await fiveRounds();
  expect(await bound()).toBe(20);
});

test('follows the configuration down at once and up step by step', async () => {
  await keepBounds(app);
  await keepBounds(process(10).app);
  expect(await bound()).toBe(10);
  await keepBounds(process(100).app);
  expect(await bound()).toBe(20);
});

describe('at a pace that needs fewer', () => {
  const users = { org: 'acme', bucket: 'users' };
  type Pace = AllowanceState['pace'];
  /** Looks so often, at an allowance of that ceiling. */
  const look = async (perMinute: number, times = 1, pace: Pace = { perMinute, cause: 'okta' }) => {
    const state = anAllowanceState({ ceiling: { perMinute, from: 'okta' }, pace });
    const fleet = { ...app, limiter: { state: () => Promise.resolve(state) } };
    const bounds: (number | null)[] = [];
    for (let time = 0; time < times; time += 1) {
      await timePasses('looked');
      await keepBounds(fleet);
      bounds.push(await bound());
    }
    return bounds;
  };

  test('it falls step by step to what that needs, and rises at once with the pace', async () => {
    expect(await look(60, 9)).toEqual([36, 32, 28, 24, 20, 16, 12, 12, 12]);
    expect(await readBound(app, users)).toEqual({ jobs: 12, most: 40, cause: 'pace' });
    expect(await look(600)).toEqual([40]);
    expect(lines()).toHaveLength(1); // when it was set
  });

  test('what others spend at the moment, and a bucket that is shut, leave it as it is', async () => {
    expect(await look(600, 2, { perMinute: 60, cause: 'others' })).toEqual([40, 40]);
    await look(60, 7);
    expect(await look(60, 2, { perMinute: 0, cause: 'closed' })).toEqual([12, 12]);
  });

  test('a refusal halves what holds', async () => {
    await look(60, 7);
    await halveBound(app, QUEUE);
    expect(await bound()).toBe(6);
    expect(await readBound(app, users)).toEqual({ jobs: 6, most: 40, cause: 'crowded' });
    await timePasses('calm');
    expect(await look(60, 2)).toEqual([10, 10]);
  });
});

test('no halving is lost, however many look and rise at that moment', async () => {
  await keepBounds(app);
  await halveBound(app, QUEUE);
  await timePasses('calm');
  await timePasses('crowded');
  await Promise.all([...Array.from({ length: 10 }, () => keepBounds(app)), halveBound(app, QUEUE)]);
  expect([10, 12]).toContain(await bound()); // before the step up, or after it
});

import type { Queue } from 'bullmq';
import { pino } from 'pino';
import type { App } from '../../src/app.ts';
import { halveBound, keepBounds } from '../../src/queue/bound.ts';
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
const timePasses = (what: 'crowded' | 'calm' | 'asserted') => app.redis.del(queue.toKey(what));
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
  await app.redis.del(queue.toKey('meta'), queue.toKey('asserted'));
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
  await timePasses('asserted');
  await keepBounds(process(10).app);
  expect(await bound()).toBe(10);
  await keepBounds(process(100).app);
  expect(await bound()).toBe(20);
});

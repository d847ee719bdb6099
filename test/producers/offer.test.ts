import type { Migration } from '../../src/domain/migration.ts';
import { offer } from '../../src/producers/offer.ts';
import { createProducers, type Producers, subjects } from './support.ts';

let producers: Producers;
let migration: Migration;
beforeEach(async () => {
  producers = await createProducers();
  migration = await producers.start();
});
afterEach(() => producers.close());

let place = 0;
const offerAll = (...ids: number[]) => {
  place += 10;
  return offerAt(place, ...ids);
};
const offerAt = (at: number | undefined, ...ids: number[]) =>
  offer(producers.app.redis, producers.queue, migration, subjects(...ids), at);
const waiting = async () => (await producers.waiting()).map((job) => Number(job.split('/')[1]));

test('each subject gets a job that holds ids and nothing else', async () => {
  expect(await offerAll(3, 1)).toBe(2);
  const jobs = await producers.queue.getPrioritized();
  expect(jobs.map(({ id, name, data }) => ({ id, name, data }))).toEqual(
    [3, 1].map((subjectId) => ({
      id: `m${migration.id}-s${subjectId}`,
      name: 'create-panelists',
      data: { migrationId: migration.id, subjectId },
    })),
  );
});

test('a job that waits is left, and not counted', async () => {
  await offerAll(1, 2);
  expect(await offerAll(1, 2, 3)).toBe(1);
  expect(await waiting()).toEqual([1, 2, 3]);
});

test('a job that a worker has is left', async () => {
  await offerAll(1);
  const { complete } = await producers.take();
  expect(await offerAll(1)).toBe(0);
  expect(await waiting()).toEqual([]);
  await complete();
});

test('a job that waits for its next attempt is left, with its attempts', async () => {
  await offerAll(1);
  const { job, retry } = await producers.take();
  await retry();
  expect(await offerAll(1)).toBe(0);
  expect(await producers.queue.getJobState(job.id ?? '')).toBe('delayed');
});

test.each(['complete', 'fail'] as const)(
  'a job that has ended, by %s, is offered anew from its first attempt',
  async (end) => {
    await offerAll(1, 2);
    await (await producers.take())[end]();
    expect(await offerAll(1)).toBe(1);
    expect(await waiting()).toEqual([2, 1]);
    const job = await producers.queue.getJob(`m${migration.id}-s1`);
    expect(job?.attemptsMade).toBe(0);
  },
);

test('places tell the order, and who has none goes ahead', async () => {
  await offerAt(5, 1, 2);
  await offerAt(4, 3, 4, 5);
  await offerAt(undefined, 6);
  expect(await waiting()).toEqual([6, 3, 1, 4, 2, 5]);
});

test('who is tried again after a backoff comes back to the old place', async () => {
  await offerAt(3, 1);
  const { job, retry } = await producers.take();
  await offerAt(4, 2);
  await retry();
  await job.promote();
  expect(await waiting()).toEqual([1, 2]);
});

test('beyond the last place that BullMQ knows people are taken as they come', async () => {
  await offerAt(2 ** 21 - 2, 1, 2, 3, 4);
  expect(await waiting()).toEqual([1, 2, 3, 4]);
});

test('nobody is offered when there is nobody', async () => {
  expect(await offerAll()).toBe(0);
});

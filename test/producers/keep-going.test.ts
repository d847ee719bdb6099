import { countPeople, countsAreDue } from '../../src/producers/count.ts';
import { keepGoing } from '../../src/producers/keep-going.ts';
import { aMigration } from '../support/factories.ts';
import { createProducers, type Producers } from './support.ts';

describe('the loop', () => {
  let producers: Producers;
  beforeEach(async () => {
    producers = await createProducers();
  });
  afterEach(() => producers.close());

  const jobs = async () =>
    (await producers.app.queues.reconcile.getJobs(['waiting']))
      .map(({ id }) => String(id))
      .sort((a, b) => a.localeCompare(b));

  test('has one job for each allowance, and one to count each running migration', async () => {
    const [one, other] = [await producers.start({ portal: 1 }), await producers.start({ portal: 2 })];
    await keepGoing(producers.app);
    expect(await jobs()).toEqual([`count-m${one.id}`, `count-m${other.id}`, 'top-up-acme-users']);
  });

  test('gets no second job of a kind, however many processes look', async () => {
    await producers.start();
    await Promise.all([keepGoing(producers.app), keepGoing(producers.app), keepGoing(producers.app)]);
    expect(await jobs()).toHaveLength(2);
  });

  test('gets its jobs back when Redis has lost everything', async () => {
    await producers.start();
    await keepGoing(producers.app);
    const before = await jobs();
    await producers.loseRedis();
    expect(await jobs()).toEqual([]);
    await keepGoing(producers.app);
    expect(await jobs()).toEqual(before);
  });

  test('has nothing to do without a running migration', async () => {
    const { id } = await producers.start();
    await producers.world.ownRows(`UPDATE migrations SET state = 'held', held_reason = 'why' WHERE id = ?`, [
      id,
    ]);
    await keepGoing(producers.app);
    expect(await jobs()).toEqual([]);
  });

  test("leaves another fleet's migrations alone", async () => {
    await producers.start({}, 'elsewhere');
    await keepGoing(producers.app);
    expect(await jobs()).toEqual([]);
  });

  test('does not count again what was counted just now', async () => {
    const migration = await producers.start();
    await countPeople(producers.app, migration);
    await keepGoing(producers.app);
    expect(await jobs()).toEqual(['top-up-acme-users']);
  });
});

describe('counts are due', () => {
  const counted = (tookMs: number) =>
    aMigration({
      counts: { eligible: 1, done: 0, failed: 0, skipped: 0, skippedBy: {}, at: new Date(1_000_000), tookMs },
    });

  test('when there are none', () => {
    expect(countsAreDue(aMigration())).toBe(true);
  });

  test.each([
    [10, 4_999, false],
    [10, 5_000, true],
    [1_000, 19_999, false],
    [1_000, 20_000, true],
  ])('that took %i ms, after %i ms: %j', (tookMs, afterMs, due) => {
    expect(countsAreDue(counted(tookMs), 1_000_000 + afterMs)).toBe(due);
  });
});

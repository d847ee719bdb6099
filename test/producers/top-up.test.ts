import { recordFailure } from '../../src/db/failures.ts';
import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import { createProducers, type Producers } from './support.ts';

let producers: Producers;
afterEach(() => producers.close());

const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const fail = async (id: MigrationId, subjectId: number) => {
  const { pass } = (await producers.read(id)).cursor;
  const failure = { code: 'okta_refused', message: '', okta: null } as const;
  await recordFailure(producers.app.db, { id, pass }, subjectId as SubjectId, failure);
};
const jobsOf = async ({ id }: { id: MigrationId }) =>
  (await producers.waiting())
    .filter((job) => job.startsWith(`${id}/`))
    .map((job) => Number(job.split('/')[1]));

describe('the backlog', () => {
  test('is a minute of work, and no more however often the loop runs', async () => {
    producers = await createProducers({ perMinute: 20 });
    await producers.panelists(...ids(50));
    await producers.start();
    await producers.topUp();
    await producers.topUp();
    expect(await producers.waiting()).toHaveLength(20);
  });

  test('is filled up by as much as was taken, in the order of ids', async () => {
    producers = await createProducers({ perMinute: 10 });
    await producers.panelists(...ids(30));
    const migration = await producers.start();
    await producers.topUp();
    for (let n = 0; n < 4; n += 1) await (await producers.take()).complete();
    await producers.topUp();
    expect(await jobsOf(migration)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  test('counts jobs that a worker has or that wait for their next attempt', async () => {
    producers = await createProducers({ perMinute: 10 });
    await producers.panelists(...ids(30));
    await producers.start();
    await producers.topUp();
    const [active, delayed] = [await producers.take(), await producers.take()];
    await delayed.retry();
    await producers.topUp();
    expect(await producers.waiting()).toHaveLength(8);
    await active.complete();
  });

  test('finds the few who are wanted behind many pages of others', async () => {
    producers = await createProducers();
    const everybody = ids(2_500);
    await producers.panelists(...everybody);
    await producers.refer(...everybody.filter((id) => id % 1_000 !== 0));
    const migration = await producers.start();
    await producers.topUp();
    expect(await jobsOf(migration)).toEqual([1_000, 2_000]);
  });
});

describe('two migrations on one org', () => {
  const withSecond = (options: { perMinute: number }, people: number) =>
    createProducers(options, async (rows) => {
      await rows(producersEfs.panelist, [
        ids(people).map((id) => [id, `q${id}@example.com`, 'Bo', 'Two', 1]),
      ]);
      await rows(producersEfs.member, [ids(people).map((id) => [1, id])]);
    });
  const producersEfs = {
    panelist: 'INSERT INTO teilnehmer VALUES ?',
    member: 'INSERT INTO zugang VALUES ?',
  };

  test('share the room in equal parts', async () => {
    producers = await withSecond({ perMinute: 40 }, 100);
    await producers.panelists(...ids(100));
    const [one, other] = [await producers.start(), await producers.start({}, 'labor')];
    await producers.topUp();
    expect([(await jobsOf(one)).length, (await jobsOf(other)).length]).toEqual([20, 20]);
  });

  test('leave one another what they do not need', async () => {
    producers = await withSecond({ perMinute: 40 }, 5);
    await producers.panelists(...ids(100));
    const [one, other] = [await producers.start(), await producers.start({}, 'labor')];
    await producers.topUp();
    expect([(await jobsOf(one)).length, (await jobsOf(other)).length]).toEqual([35, 5]);
  });

  test('do not wait for one another: where a database is broken the other goes on', async () => {
    producers = await withSecond({ perMinute: 40 }, 30);
    await producers.world.rows('DROP TABLE zugang');
    const broken = await producers.start();
    const well = await producers.start({}, 'labor');
    for (let n = 0; n < 3; n += 1) await producers.topUp();
    expect((await jobsOf(well)).length).toBe(30);
    expect((await producers.read(broken.id)).state).toBe('running');
  });
});

describe('who is offered', () => {
  test('nobody who has failed in this migration', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2, 3, 4);
    const migration = await producers.start();
    const other = await producers.start({ portal: 1 });
    await fail(migration.id, 1);
    await fail(migration.id, 4);
    await fail(other.id, 2);
    await producers.topUp();
    expect(await jobsOf(migration)).toEqual([2, 3]);
  });

  test('only the first so many, by id', async () => {
    producers = await createProducers();
    await producers.panelists(2, 4, 6, 8);
    const migration = await producers.start({ first: 3 });
    await producers.topUp();
    expect(await jobsOf(migration)).toEqual([2, 4, 6]);
  });

  test('the first so many stay the same ones while people leave and come', async () => {
    producers = await createProducers({ perMinute: 1 });
    await producers.panelists(2, 4, 6, 8);
    const migration = await producers.start({ first: 3 });
    await producers.topUp();
    await producers.world.rows('DELETE FROM teilnehmer WHERE nr = 4');
    await (await producers.take()).complete();
    await producers.topUp();
    await (await producers.take()).complete();
    await producers.topUp();
    expect((await producers.read(migration.id)).cursor.throughId).toBe(6);
    expect(await producers.waiting()).toEqual([]);
  });

  test('the first so many are no more when there were fewer at the start', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2);
    const migration = await producers.start({ first: 5 });
    await producers.topUp();
    await producers.panelists(...ids(20).map((n) => n + 2));
    await producers.runDry();
    for (let n = 0; n < 3; n += 1) await producers.topUp();
    expect((await jobsOf(migration)).length).toBeLessThanOrEqual(5);
  });

  test('only whom the selection names', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2, 3);
    const migration = await producers.start({ ids: [3, 1, 99] });
    await producers.topUp();
    expect(await jobsOf(migration)).toEqual([1, 3]);
  });

  test('nobody of a paused migration', async () => {
    producers = await createProducers();
    await producers.panelists(1);
    const { id } = await producers.start();
    await producers.world.ownRows(`UPDATE migrations SET state = 'paused' WHERE id = ?`, [id]);
    await producers.topUp();
    expect(await producers.waiting()).toEqual([]);
  });

  test('nobody twice when two runs of the loop meet', async () => {
    producers = await createProducers();
    await producers.panelists(...ids(60));
    const migration = await producers.start();
    await Promise.all([producers.topUp(), producers.topUp()]);
    await producers.topUp();
    expect((await jobsOf(migration)).toSorted((a, b) => a - b)).toEqual(ids(60));
  });
});

describe('a migration finishes', () => {
  test('when there is nothing to do', async () => {
    producers = await createProducers();
    const { id } = await producers.start();
    await producers.topUp();
    expect(await producers.read(id)).toMatchObject({
      state: 'finished',
      counts: { eligible: 0, referenced: 0, failed: 0, skipped: 0 },
    });
  });

  test('only after a whole pass that has found nobody', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2, 3);
    const { id } = await producers.start();

    await producers.topUp();
    expect((await producers.read(id)).state).toBe('running');
    await producers.refer(1, 3);
    await producers.runDry();
    await producers.topUp();
    expect(await producers.waiting()).toEqual([`${id}/2`]);
    await producers.refer(2);
    await producers.runDry();
    await producers.topUp();

    expect(await producers.read(id)).toMatchObject({
      state: 'finished',
      counts: { eligible: 3, referenced: 3, failed: 0, skipped: 0 },
    });
  });

  test('with those who have failed, who are counted', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2);
    await producers.refer(1);
    const { id } = await producers.start();
    await fail(id, 2);
    await producers.topUp();
    expect(await producers.read(id)).toMatchObject({
      state: 'finished',
      counts: { eligible: 2, referenced: 1, failed: 1 },
    });
  });

  test('not while jobs are under way', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2);
    const { id } = await producers.start();
    for (let n = 0; n < 4; n += 1) await producers.topUp();
    expect((await producers.read(id)).state).toBe('running');
  });

  test('and offers again whose job was lost', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2);
    const { id } = await producers.start();
    await producers.topUp();
    await producers.loseRedis();
    await producers.topUp();
    expect(await producers.waiting()).toEqual([`${id}/1`, `${id}/2`]);
  });
});

import { createConnection } from 'mysql2/promise';
import { recordFailure } from '../../src/db/failures.ts';
import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import { remainingOf } from '../../src/domain/migration.ts';
import { countPeople } from '../../src/producers/count.ts';
import { eventually } from '../support/eventually.ts';
import type { WorldOptions } from '../support/world.ts';
import { createProducers, type Producers } from './support.ts';

let producers: Producers;
afterEach(() => producers.close());

const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const fail = async (id: MigrationId, subjectId: number) => {
  const failure = { code: 'okta_refused', message: '', okta: null } as const;
  await recordFailure(producers.app.db, await producers.read(id), subjectId as SubjectId, failure);
};
const jobsOf = async ({ id }: { id: MigrationId }) =>
  (await producers.waiting())
    .filter((job) => job.startsWith(`${id}/`))
    .map((job) => Number(job.split('/')[1]));

describe('the backlog', () => {
  test('is twenty seconds of work, and no more however often the loop runs', async () => {
    producers = await createProducers({ perMinute: 60 });
    await producers.panelists(...ids(50));
    await producers.start();
    await producers.topUp();
    await producers.topUp();
    expect(await producers.waiting()).toHaveLength(20);
  });

  test('is filled up by as much as was taken, in the order of ids', async () => {
    producers = await createProducers({ perMinute: 30 });
    await producers.panelists(...ids(30));
    const migration = await producers.start();
    await producers.topUp();
    for (let n = 0; n < 4; n += 1) await (await producers.take()).complete();
    await producers.topUp();
    expect(await jobsOf(migration)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  test('is filled up beside jobs that wait for their next attempt, to a minute of work with them', async () => {
    producers = await createProducers({ perMinute: 9 });
    await producers.panelists(...ids(30));
    await producers.start();
    for (let round = 0; round < 5; round += 1) {
      await producers.topUp();
      for (const _ of await producers.waiting()) await (await producers.take()).retry();
    }
    expect(await producers.queue.getDelayedCount()).toBe(9);
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

const withSecond = (options: WorldOptions, people: number) =>
  createProducers(options, async (rows) => {
    await rows('INSERT INTO teilnehmer VALUES ?', [
      ids(people).map((id) => [id, `q${id}@example.com`, 'Bo', 'Two', 1]),
    ]);
    await rows('INSERT INTO zugang VALUES ?', [ids(people).map((id) => [1, id])]);
  });
/** Takes so many, to their ends; how many of them were whose. */
const serve = async (count: number, ...migrations: { id: MigrationId }[]) => {
  const counts = new Map<MigrationId, number>();
  for (let n = 0; n < count; n += 1) {
    const { job, complete } = await producers.take();
    const { migrationId } = job.data;
    counts.set(migrationId, (counts.get(migrationId) ?? 0) + 1);
    await complete();
  }
  return migrations.map(({ id }) => counts.get(id) ?? 0);
};

describe('two migrations on one org', () => {
  test('share the room in equal parts', async () => {
    producers = await withSecond({ perMinute: 120 }, 100);
    await producers.panelists(...ids(100));
    const [one, other] = [await producers.start(), await producers.start({}, 'labor')];
    await producers.topUp();
    expect([(await jobsOf(one)).length, (await jobsOf(other)).length]).toEqual([20, 20]);
  });

  test('leave one another what they do not need', async () => {
    producers = await withSecond({ perMinute: 120 }, 5);
    await producers.panelists(...ids(100));
    const [one, other] = [await producers.start(), await producers.start({}, 'labor')];
    await producers.topUp();
    expect([(await jobsOf(one)).length, (await jobsOf(other)).length]).toEqual([35, 5]);
  });

  test('do not wait for one another: where a database is broken the other goes on', async () => {
    producers = await withSecond({ perMinute: 120 }, 30);
    await producers.world.rows('DROP TABLE zugang');
    const broken = await producers.start();
    const well = await producers.start({}, 'labor');
    for (let n = 0; n < 3; n += 1) await producers.topUp();
    expect((await jobsOf(well)).length).toBe(30);
    expect((await producers.read(broken.id)).state).toBe('running');
  });

  test('do not wait for one another: where a table is locked the other goes on, and the one is held for it', async () => {
    producers = await withSecond({ perMinute: 120, patience: { silenceMs: 60_000, tableLockMs: 1_000 } }, 30);
    await producers.panelists(...ids(30));
    const locked = await producers.start();
    const well = await producers.start({}, 'labor');
    const other = await createConnection({ uri: producers.world.env.EFS_URL as string });
    await other.query('LOCK TABLES teilnehmer WRITE');
    for (let n = 0; n < 3; n += 1) await producers.topUp();
    expect((await jobsOf(well)).length).toBe(30);
    const held = await eventually('the one is held', async () => {
      const migration = await producers.read(locked.id);
      return migration.state === 'held' && migration;
    });
    await other.end();
    expect(held).toMatchObject({
      heldCause: 'database',
      heldReason: expect.stringContaining('ER_LOCK_WAIT_TIMEOUT'),
    });
    expect(await jobsOf(locked)).toEqual([]);
  });

  test('take turns from the start of the later one, although the queue is full of the other', async () => {
    producers = await withSecond({ perMinute: 120 }, 200);
    await producers.panelists(...ids(200));
    const one = await producers.start();
    await producers.topUp();
    const other = await producers.start({}, 'labor');
    expect(await serve(4, one, other)).toEqual([4, 0]);
    const served = [0, 0];
    for (let second = 0; second < 40; second += 1) {
      await producers.topUp();
      for (const [i, count] of (await serve(2, one, other)).entries()) served[i] = (served[i] ?? 0) + count;
    }
    expect(served).toEqual([40, 40]);
    expect([(await jobsOf(one)).length, (await jobsOf(other)).length]).toEqual([19, 19]);
  });

  test('take turns again when one of them was paused for a while', async () => {
    producers = await withSecond({ perMinute: 120 }, 200);
    await producers.panelists(...ids(200));
    const [one, other] = [await producers.start(), await producers.start({}, 'labor')];
    const setState = (state: string) =>
      producers.world.ownRows('UPDATE migrations SET state = ? WHERE id = ?', [state, other.id]);
    await producers.topUp();
    await setState('paused');
    for (let second = 0; second < 30; second += 1) {
      await serve(2, one);
      await producers.topUp();
    }
    expect((await jobsOf(other)).length).toBe(0);
    await setState('running');
    await producers.topUp();
    expect(await jobsOf(other)).toEqual([]); // the queue is full of the other
    const served = [0, 0];
    for (let second = 0; second < 20; second += 1) {
      for (const [i, count] of (await serve(2, one, other)).entries()) served[i] = (served[i] ?? 0) + count;
      await producers.topUp();
    }
    expect(served).toEqual([21, 19]);
  });
});

describe('a small migration', () => {
  /** Of 600 calls a minute one worker has 22 under way at once. */
  const HALF = 11;
  const admins = (...uids: number[]) =>
    producers.world.rows(producers.world.efs.admin, [
      uids.map((id) => [id, `a${id}@example.com`, 'Al', 'Min', null]),
    ]);
  const startAdmins = () => producers.start({}, 'werk', 'create-admins');
  const first = async (count: number) =>
    (await producers.waiting()).slice(0, count).map((job) => Number(job.split('/')[0]));

  test('goes ahead of a full queue, with half of the slots', async () => {
    producers = await createProducers({ perMinute: 600 });
    await producers.panelists(...ids(300));
    await admins(...ids(30));
    await producers.start();
    await producers.topUp();
    const small = await startAdmins();
    await producers.topUp();
    expect(await first(HALF)).toEqual(Array(HALF).fill(small.id));
    expect(await jobsOf(small)).toEqual(ids(HALF));
  });

  test('keeps to these slots with what workers have under way', async () => {
    producers = await createProducers({ perMinute: 600 });
    await producers.panelists(...ids(300));
    await admins(...ids(30));
    await producers.start();
    const small = await startAdmins();
    await producers.topUp();
    const taken = [await producers.take(), await producers.take(), await producers.take()];
    await producers.topUp();
    expect((await jobsOf(small)).length).toBe(HALF - 3);
    for (const { complete } of taken) await complete();
    await producers.topUp();
    expect((await jobsOf(small)).length).toBe(HALF);
  });

  test('has half of what is under way at once while Okta refuses calls for being too many', async () => {
    producers = await createProducers({ perMinute: 600 });
    await producers.panelists(...ids(300));
    await admins(...ids(30));
    await producers.start();
    const small = await startAdmins();
    await producers.queue.setGlobalConcurrency(5);
    await producers.topUp();
    expect(await jobsOf(small)).toEqual([1, 2]);
  });

  test('shares these slots with another small one', async () => {
    producers = await createProducers({ perMinute: 600 });
    await producers.panelists(...ids(300));
    await admins(...ids(30));
    await producers.start({ first: 250 });
    const [small, chosen] = [await startAdmins(), await producers.start({ ids: ids(300).slice(260, 280) })];
    await producers.topUp();
    const counts = [(await jobsOf(small)).length, (await jobsOf(chosen)).length];
    expect(counts.toSorted((a, b) => a - b)).toEqual([5, 6]);
  });

  test('has all there is when nobody else has work', async () => {
    producers = await createProducers({ perMinute: 600 });
    await admins(...ids(60));
    const small = await startAdmins();
    await producers.topUp();
    expect(await jobsOf(small)).toEqual(ids(60));
  });

  test('has all there is when nobody else has work left', async () => {
    producers = await createProducers({ perMinute: 600 });
    await producers.panelists(1);
    await producers.start();
    await producers.topUp();
    await producers.topUp();
    const { job } = await producers.take();
    await admins(...ids(60));
    const small = await startAdmins();
    await producers.topUp();
    expect(await jobsOf(small)).toEqual(ids(60));
    expect(job.data.subjectId).toBe(1);
  });

  test("finishes when its own jobs have ended, whatever the others' do", async () => {
    producers = await createProducers({ perMinute: 600 });
    await producers.panelists(...ids(300));
    await producers.start({ first: 250 });
    const small = await producers.start({ ids: [290] });
    await producers.topUp();
    await (await producers.take()).complete();
    await producers.refer(290);
    await producers.topUp();
    await producers.topUp();
    expect((await producers.read(small.id)).state).toBe('finished');
    expect((await producers.waiting()).length).toBeGreaterThan(100);
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
      counts: { eligible: 0, done: 0, failed: 0, skipped: 0 },
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
      counts: { eligible: 3, done: 3, failed: 0, skipped: 0 },
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
      counts: { eligible: 2, done: 1, failed: 1 },
    });
  });

  test('not while jobs are under way', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2);
    const { id } = await producers.start();
    for (let n = 0; n < 4; n += 1) await producers.topUp();
    expect((await producers.read(id)).state).toBe('running');
  });

  test('looking no more often than people are counted while jobs are under way', async () => {
    producers = await createProducers();
    await producers.panelists(1, 2);
    const { id } = await producers.start();
    await fail(id, 1);
    await producers.topUp();
    await producers.world.rows('DELETE FROM teilnehmer WHERE nr = 1');
    for (const pass of [2, 3]) {
      const counts = await countPeople(producers.app, await producers.read(id));
      expect(remainingOf(counts)).toBe(0); // one eligible, one failed
      for (let n = 0; n < 5; n += 1) await producers.topUp();
      expect((await producers.read(id)).cursor.pass).toBe(pass);
    }
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

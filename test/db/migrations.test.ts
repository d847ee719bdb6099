import { resumeMigration } from '../../src/db/holds.ts';
import {
  findMigration,
  finishMigration,
  listMigrations,
  migrationsInState,
  moveCursor,
  storeCounts,
  unfinishedOf,
} from '../../src/db/migrations.ts';
import type { MigrationId } from '../../src/domain/ids.ts';
import type { Cursor } from '../../src/domain/migration.ts';
import { aCursor } from '../support/factories.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterEach(() => own.clear());
afterAll(() => own.close());

async function cursorOf(id: MigrationId): Promise<Cursor | undefined> {
  return (await findMigration(own.db, id))?.cursor;
}

test('a migration is read as it was recorded: running, from the start, not counted', async () => {
  const id = await own.insert({ portal: 2, ids: [3, 1] });
  const migration = await findMigration(own.db, id);
  expect(migration).toEqual({
    id,
    installation: 'werk',
    operation: 'create-panelists',
    selection: { portal: 2, ids: [1, 3] },
    options: {},
    state: 'running',
    heldCause: null,
    heldReason: null,
    looks: 0,
    cursor: aCursor(),
    counts: null,
    samples: [],
    createdAt: expect.any(Date),
    createdBy: null,
    finishedAt: null,
  });
});

test("times are UTC, whatever the server's zone is", async () => {
  const id = await own.insert();
  const { createdAt } = (await findMigration(own.db, id)) ?? {};
  expect(Math.abs(Date.now() - Number(createdAt))).toBeLessThan(60_000);
});

test('the same migration cannot be recorded twice while one is unfinished, and can afterwards', async () => {
  const id = await own.insert({ first: 5 });
  await expect(own.insert({ first: 5 })).rejects.toMatchObject({ code: 'ER_DUP_ENTRY' });
  await own.insert({ first: 5 }, 'labor');
  await finishMigration(own.db, id);
  await own.insert({ first: 5 });
});

test('a migration that is not there is not found', async () => {
  expect(await findMigration(own.db, 1_000_000)).toBeUndefined();
});

describe('the cursor', () => {
  const [from, to] = [aCursor(), aCursor({ afterId: 50, found: 7, throughId: 900 })];

  test('moves from where it was read', async () => {
    const id = await own.insert();
    expect(await moveCursor(own.db, id, from, to)).toBe(true);
    expect(await cursorOf(id)).toEqual(to);
  });

  test('stays when somebody else has moved it', async () => {
    const id = await own.insert();
    await moveCursor(own.db, id, from, to);
    expect(await moveCursor(own.db, id, from, aCursor({ afterId: 99 }))).toBe(false);
    expect(await cursorOf(id)).toEqual(to);
  });

  test('stays when another pass is at the same row', async () => {
    const id = await own.insert();
    await moveCursor(own.db, id, from, aCursor({ pass: 2 }));
    expect(await moveCursor(own.db, id, from, to)).toBe(false);
  });

  test('of several who move it at once one does', async () => {
    const id = await own.insert();
    const moved = await Promise.all(
      [10, 20, 30, 40].map((afterId) => moveCursor(own.db, id, from, aCursor({ afterId }))),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
  });

  test.each(['paused', 'held'])('of a %s migration stays', async (state) => {
    const id = await own.insert();
    await own.db.query(`UPDATE migrations SET state = ?, held_reason = 'why' WHERE id = ?`, [state, id]);
    expect(await moveCursor(own.db, id, from, to)).toBe(false);
  });

  test('keeps the time of its rest to the millisecond', async () => {
    const id = await own.insert();
    const restingSince = new Date('2026-02-03T04:05:06.789Z');
    await moveCursor(own.db, id, from, { ...to, restingSince });
    expect((await cursorOf(id))?.restingSince).toEqual(restingSince);
  });
});

test('a migration finishes once', async () => {
  const id = await own.insert();
  expect(await finishMigration(own.db, id)).toBe(true);
  expect(await finishMigration(own.db, id)).toBe(false);
  expect(await findMigration(own.db, id)).toMatchObject({ state: 'finished', finishedAt: expect.any(Date) });
});

test('a paused migration does not finish', async () => {
  const id = await own.insert();
  await own.db.query(`UPDATE migrations SET state = 'paused' WHERE id = ?`, [id]);
  expect(await finishMigration(own.db, id)).toBe(false);
});

test.each(['held', 'paused'])('a %s migration goes on, once, and forgets why it stopped', async (state) => {
  const id = await own.insert();
  await own.db.query(`UPDATE migrations SET state = ?, held_reason = 'why' WHERE id = ?`, [state, id]);
  expect(await resumeMigration(own.db, id, false)).toBe(true);
  expect(await resumeMigration(own.db, id, false)).toBe(false);
  expect(await findMigration(own.db, id)).toMatchObject({ state: 'running', heldReason: null });
});

test('a finished migration does not go on', async () => {
  const id = await own.insert();
  await finishMigration(own.db, id);
  expect(await resumeMigration(own.db, id, false)).toBe(false);
});

describe('looking again', () => {
  test('begins a new pass and keeps where a selection by first ends', async () => {
    const id = await own.insert({ first: 9 });
    const at = aCursor({ afterId: 50, found: 7, throughId: 900, restingSince: new Date() });
    await moveCursor(own.db, id, aCursor(), at);
    await own.look(id, 2);
    expect(await cursorOf(id)).toEqual(aCursor({ pass: 2, found: 2, throughId: 900 }));
  });

  test('opens a finished migration again', async () => {
    const id = await own.insert();
    await finishMigration(own.db, id);
    await own.look(id, 1);
    expect(await findMigration(own.db, id)).toMatchObject({ state: 'running', finishedAt: null });
  });

  test.each(['held', 'paused'])('leaves a %s migration %s', async (state) => {
    const id = await own.insert();
    await own.db.query(`UPDATE migrations SET state = ?, held_reason = 'why' WHERE id = ?`, [state, id]);
    await own.look(id, 1);
    expect(await findMigration(own.db, id)).toMatchObject({ state, heldReason: 'why' });
  });

  test('keeps a loop that ends the old pass from finishing the migration', async () => {
    const id = await own.insert();
    await own.look(id, 1);
    expect(await finishMigration(own.db, id)).toBe(false);
  });

  test('takes the people out of the counted failures, never below none', async () => {
    const id = await own.insert();
    const counts = { eligible: 9, done: 4, failed: 3, skipped: 0, skippedBy: {}, at: new Date(0), tookMs: 1 };
    await storeCounts(own.db, id, counts, [{ atMs: 1, done: 7 }]);
    await own.look(id, 2);
    expect(await findMigration(own.db, id)).toMatchObject({ counts: { failed: 1 }, samples: [] });
    await own.look(id, 2);
    expect(await findMigration(own.db, id)).toMatchObject({ counts: { failed: 0 } });
  });

  test('of a migration that was not counted yet counts nothing', async () => {
    const id = await own.insert();
    await own.look(id, 1);
    expect(await findMigration(own.db, id)).toMatchObject({ counts: null });
  });
});

test('counts are stored with their time and the samples', async () => {
  const id = await own.insert();
  const counts = {
    eligible: 10,
    done: 4,
    failed: 1,
    skipped: 3,
    skippedBy: {},
    at: new Date(1_700_000_000_123),
    tookMs: 12,
  };
  await storeCounts(own.db, id, counts, [{ atMs: 1, done: 5 }]);
  expect(await findMigration(own.db, id)).toMatchObject({ counts, samples: [{ atMs: 1, done: 5 }] });
});

test('a list has the newest first and goes on before an id', async () => {
  const ids = [
    await own.insert({ portal: 1 }),
    await own.insert({ portal: 2 }),
    await own.insert({ portal: 3 }),
  ];
  const listed = async (before: number, limit: number) =>
    (await listMigrations(own.db, before, limit)).map(({ id }) => id);
  expect(await listed(Number.MAX_SAFE_INTEGER, 2)).toEqual([ids[2], ids[1]]);
  expect(await listed(ids[1] ?? 0, 2)).toEqual([ids[0]]);
});

test('those in a state, and the unfinished of an installation, are told apart', async () => {
  const [running, paused, finished] = [
    await own.insert(),
    await own.insert({ portal: 1 }),
    await own.insert({ portal: 2 }),
  ];
  const elsewhere = await own.insert({}, 'labor');
  await own.db.query(`UPDATE migrations SET state = 'paused' WHERE id = ?`, [paused]);
  await finishMigration(own.db, finished);
  const connection = await own.db.getConnection();
  const unfinished = await unfinishedOf(connection, 'werk', 'create-panelists');
  connection.release();
  expect(unfinished.map(({ id }) => id)).toEqual([running, paused]);
  expect((await migrationsInState(own.db, 'running')).map(({ id }) => id)).toEqual([running, elsewhere]);
});

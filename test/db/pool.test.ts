import type { RowDataPacket } from 'mysql2/promise';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { isOutage } from '../../src/outage.ts';
import { createDoor, type Door } from '../support/door.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

const SILENCE_MS = 3_000;

let own: OwnDatabase;
let door: Door;
let db: Database;
beforeAll(async () => {
  own = await createOwnDatabase();
  door = await createDoor(own.url);
  db = openDatabase(door.url, 1, { silenceMs: SILENCE_MS, tableLockMs: 1_000 });
});
afterAll(async () => {
  await db.end();
  await door.close();
  await own.close();
});

async function connectionId(): Promise<number | undefined> {
  const [[row]] = await db.query<(RowDataPacket & { id: number })[]>('SELECT CONNECTION_ID() AS id');
  return row?.id;
}

test('a server that falls silent is an outage, and the next connection is a new one', async () => {
  const before = await connectionId();
  door.silence();
  expect(isOutage(await db.query('DO 1').catch((error: unknown) => error))).toBe(true);
  expect(await connectionId()).not.toBe(before);
});

test('a connection that lies in the pool may be silent for longer', async () => {
  const before = await connectionId();
  await own.db.query('DO SLEEP(?)', [(1.5 * SILENCE_MS) / 1_000]);
  expect(await connectionId()).toBe(before);
});

test('a table that somebody has locked is waited for no longer than the server is told to', async () => {
  const other = await own.db.getConnection();
  await other.query('LOCK TABLES migrations WRITE');
  const error = await db.query('SELECT 1 FROM migrations').catch((thrown: unknown) => thrown);
  await other.query('UNLOCK TABLES');
  other.release();
  expect([(error as { code?: string }).code, isOutage(error)]).toEqual(['ER_LOCK_WAIT_TIMEOUT', true]);
});

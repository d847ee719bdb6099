import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { eventually } from './eventually.ts';
import type { TestFleet } from './fleet.ts';

/** InnoDB gives up whoever has changed less: so many rows are more than a worker ever changes. */
const ROWS = 5_000;

/**
 * Locks the references and then the people, where workers lock a person and then the references, until InnoDB has
 * to break it up at a worker's cost. Resolves to how many deadlocks InnoDB has counted for that.
 */
export async function provokeDeadlock({ installationUrl }: TestFleet): Promise<number> {
  const connect = () => createConnection({ uri: installationUrl });
  const [culprit, onlooker] = await Promise.all([connect(), connect()]);
  try {
    await culprit.query('CREATE TABLE IF NOT EXISTS ballast (id INT NOT NULL)');
    return await eventually('InnoDB has found a deadlock', async () => {
      const before = await deadlocks(onlooker);
      await culprit.beginTransaction();
      try {
        const rows = Array.from({ length: ROWS }, (_, id) => [id]);
        await culprit.query('INSERT INTO ballast VALUES ?', [rows]);
        await culprit.query('SELECT id FROM iam_portal_user_reference FOR UPDATE');
        await eventually('a worker waits for the references', () => somebodyWaits(onlooker), 20_000);
        await culprit.query('SELECT uid FROM panelists FOR UPDATE');
      } finally {
        await culprit.rollback();
      }
      return (await deadlocks(onlooker)) - before || undefined; // who waited did so for something else
    });
  } finally {
    await onlooker.query('DROP TABLE IF EXISTS ballast');
    culprit.destroy();
    onlooker.destroy();
  }
}

/** INNODB_TRX would not do: who looks there every 50 ms always sees the same. */
async function somebodyWaits(connection: Connection): Promise<boolean> {
  const [[row]] = await connection.query<(RowDataPacket & { Status: string })[]>('SHOW ENGINE INNODB STATUS');
  return row?.Status.includes('LOCK WAIT') ?? false;
}

async function deadlocks(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<(RowDataPacket & { Value: string })[]>(
    "SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'",
  );
  return Number(row?.Value);
}

import { randomBytes } from 'node:crypto';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';

/** Two databases of a run's own: Portage's and the installation's. */
export interface Databases {
  /** Names the run: no other one has it. */
  run: string;
  portageUrl: string;
  installationUrl: string;
  /** Runs of demos that were killed, and whose databases were dropped now. */
  leftovers: string[];
  drop: () => Promise<void>;
}

const NAME = /^portage_demo_(?:efs_)?([0-9a-f]{8})$/;
const namesOf = (run: string) => [`portage_demo_${run}`, `portage_demo_efs_${run}`] as const;

/** Longer than any demo is left running; the server would hang up after 8 h. */
const LONGEST_S = 365 * 24 * 3600;

/** Makes both databases on the server of `url`, after dropping those that killed runs have left there. */
export async function createDatabases(url: string): Promise<Databases> {
  // Its lock shows that the run is alive; the server frees it when the connection ends, however that comes.
  const connection = await createConnection({ uri: url, charset: 'utf8mb4' });
  connection.on('error', () => {}); // the lock goes with it, and nothing else
  try {
    await connection.query('SET SESSION wait_timeout = ?', [LONGEST_S]);
    const leftovers = await dropLeftovers(connection);
    const run = randomBytes(4).toString('hex');
    await tryLock(connection, run);
    const [portage, installation] = namesOf(run);
    for (const name of namesOf(run)) {
      await connection.query('CREATE DATABASE ?? CHARACTER SET utf8mb4', [name]);
    }
    return {
      run,
      portageUrl: withDatabase(url, portage),
      installationUrl: withDatabase(url, installation),
      leftovers,
      async drop() {
        const fresh = await createConnection(url); // the lock's own may have been lost meanwhile
        await dropRun(fresh, run);
        await fresh.end();
        connection.destroy();
      },
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

async function dropLeftovers(connection: Connection): Promise<string[]> {
  const [rows] = await connection.query<(RowDataPacket & { name: string })[]>(
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA',
  );
  const runs = new Set(rows.flatMap(({ name }) => NAME.exec(name)?.[1] ?? []));
  const dropped: string[] = [];
  for (const run of runs) {
    if (!(await tryLock(connection, run))) continue;
    await dropRun(connection, run);
    await connection.query('DO RELEASE_LOCK(?)', [lockOf(run)]);
    dropped.push(run);
  }
  return dropped;
}

async function dropRun(connection: Connection, run: string): Promise<void> {
  for (const name of namesOf(run)) await connection.query('DROP DATABASE IF EXISTS ??', [name]);
}

async function tryLock(connection: Connection, run: string): Promise<boolean> {
  const [[row]] = await connection.query<(RowDataPacket & { taken: 0 | 1 | null })[]>(
    'SELECT GET_LOCK(?, 0) AS taken',
    [lockOf(run)],
  );
  return row?.taken === 1;
}

const lockOf = (run: string) => `portage_demo_${run}`;

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

import type { Socket } from 'node:net';
import type { Connection as PlainConnection } from 'mysql2';
import { createPool, type Pool } from 'mysql2/promise';
import { MINUTE, SECOND } from '../time.ts';

export type Database = Pool;

/** How long a statement waits for its server. */
export interface Patience {
  /** For any sign of it: a server that says nothing for so long is gone, however long the system would wait for it. */
  silenceMs: number;
  /** For a table that somebody has locked or alters: the server itself would wait for a day, or a year. */
  tableLockMs: number;
}

/** Longer than it takes to count people. */
const PATIENT: Patience = { silenceMs: 5 * MINUTE, tableLockMs: 10 * SECOND };

/** Opens no connection yet. Dates are UTC on both sides, whatever the server's zone is. */
export function openDatabase(
  url: string,
  connections: number,
  { silenceMs, tableLockMs }: Patience = PATIENT,
): Database {
  const pool = createPool({
    uri: url,
    connectionLimit: connections,
    connectTimeout: 5 * SECOND,
    enableKeepAlive: true,
    timezone: 'Z',
    charset: 'utf8mb4_general_ci',
  });
  const session = `SET time_zone = '+00:00', lock_wait_timeout = ${Math.ceil(tableLockMs / SECOND)}`;
  // What the promise pool hands out in its events is the plain connection, whatever its type says.
  pool.on('connection', (connection) => {
    const stream = streamOf(connection);
    stream.on('timeout', () => stream.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    (connection as unknown as PlainConnection).query(session, () => {});
  });
  // A connection that lies in the pool is silent as it should be.
  pool.on('acquire', (connection) => streamOf(connection).setTimeout(silenceMs));
  pool.on('release', (connection) => streamOf(connection).setTimeout(0));
  return pool;
}

const streamOf = (connection: unknown) => (connection as { stream: Socket }).stream;

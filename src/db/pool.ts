import type { Connection as PlainConnection } from 'mysql2';
import { createPool, type Pool } from 'mysql2/promise';
import { SECOND } from '../time.ts';

export type Database = Pool;

/** Opens no connection yet. Dates are UTC on both sides, whatever the server's zone is. */
export function openDatabase(url: string, connections: number): Database {
  const pool = createPool({
    uri: url,
    connectionLimit: connections,
    connectTimeout: 5 * SECOND,
    enableKeepAlive: true,
    timezone: 'Z',
    charset: 'utf8mb4_general_ci',
  });
  // What the promise pool hands out here is the plain connection, whatever its type says.
  pool.on('connection', (connection) => {
    (connection as unknown as PlainConnection).query("SET time_zone = '+00:00'", () => {});
  });
  return pool;
}

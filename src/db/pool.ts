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
  pool.on('connection', (connection) => {
    connection.query("SET time_zone = '+00:00'");
  });
  return pool;
}

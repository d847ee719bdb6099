import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import Postgrator from 'postgrator';
import { withNamedLock } from './named-lock.ts';

const FILES = fileURLToPath(new URL('./schema/*.sql', import.meta.url));

/** Brings Portage's own database up to date. Any number of processes may do so at once: one of them works. */
export async function updateSchema(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    const [[row]] = await connection.query<(RowDataPacket & { name: string })[]>('SELECT DATABASE() AS name');
    const postgrator = new Postgrator({
      migrationPattern: FILES,
      driver: 'mysql',
      database: row?.name ?? '',
      schemaTable: 'schema_versions',
      execQuery: async (sql) => {
        const [rows] = await connection.query(sql);
        return { rows: rows as unknown[] };
      },
    });
    await withNamedLock(connection, 'schema', () => postgrator.migrate());
  } finally {
    await connection.end();
  }
}

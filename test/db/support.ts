import { insertMigration, lookAgain } from '../../src/db/migrations.ts';
import { type Database, openDatabase } from '../../src/db/pool.ts';
import { updateSchema } from '../../src/db/schema.ts';
import type { MigrationId } from '../../src/domain/ids.ts';
import type { Selection } from '../../src/domain/selection.ts';
import { createDatabase } from '../support/databases.ts';

/** Portage's own database, up to date, of this file's own. */
export interface OwnDatabase {
  url: string;
  db: Database;
  /** Records a migration of panelists of `werk`. */
  insert(selection?: Selection, installation?: string): Promise<MigrationId>;
  /** See `lookAgain`. */
  look(id: MigrationId, people: number): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function createOwnDatabase(connections = 10): Promise<OwnDatabase> {
  const database = await createDatabase('portage');
  await updateSchema(database.url);
  const db = openDatabase(database.url, connections);
  return {
    url: database.url,
    db,
    async insert(selection = {}, installation = 'werk') {
      const connection = await db.getConnection();
      try {
        return await insertMigration(connection, {
          installation,
          operation: 'create-panelists',
          selection,
          options: {},
          createdBy: null,
        });
      } finally {
        connection.release();
      }
    },
    async look(id, people) {
      const connection = await db.getConnection();
      await lookAgain(connection, id, people);
      connection.release();
    },
    async clear() {
      await db.query('DELETE FROM migrations'); // failures go with them
      await db.query('DELETE FROM idempotency_keys');
    },
    async close() {
      await db.end();
      await database.drop();
    },
  };
}

import { escapeId } from 'mysql2';
import { type Database, openDatabase, type Patience } from '../db/pool.ts';
import { errorFields } from '../log.ts';
import { SECOND } from '../time.ts';
import type { SourceSql } from './source.ts';

/** Everybody waits for the answer. */
const PATIENCE: Patience = { silenceMs: 5 * SECOND, tableLockMs: 2 * SECOND };

/** Looks whether an installation's database can be read and written, whatever its other connections wait for. */
export interface FaultFinder {
  /** As a driver's code; null when there is none. Who asks while another looks gets the same answer. */
  find(): Promise<string | null>;
  close(): Promise<void>;
}

export function createFaultFinder(url: string, sources: SourceSql[]): FaultFinder {
  const db = openDatabase(url, 1, PATIENCE);
  const statements = [INTO_ERROR_LOG, ...sources.flatMap(ofSource)];
  let looking: Promise<string | null> | undefined;
  return {
    find() {
      looking ??= look(db, statements).finally(() => {
        looking = undefined;
      });
      return looking;
    },
    close: () => db.end(),
  };
}

async function look(db: Database, statements: string[]): Promise<string | null> {
  try {
    const connection = await db.getConnection();
    try {
      for (const statement of statements) await connection.query(statement);
      return null;
    } finally {
      connection.destroy(); // one that lay in the pool would tell of an earlier time
    }
  } catch (error) {
    return errorFields(error).code ?? 'unknown';
  }
}

/** Writes nothing, and fails on a server that can only be read, too. */
const INTO_ERROR_LOG =
  "INSERT INTO iam_error_log (message, status_code, error_code) SELECT '', 0, '' FROM DUAL WHERE FALSE";

/** No row is locked, but each waits for a table that somebody else has locked. */
function ofSource({ table, referenceTable }: SourceSql): string[] {
  return [
    `SELECT 1 FROM ${escapeId(table)} WHERE FALSE FOR UPDATE`,
    `INSERT INTO ${referenceTable} SELECT * FROM ${referenceTable} WHERE FALSE`,
  ];
}

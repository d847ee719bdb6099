import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { SettingsConfig } from '../config/config.ts';
import type { Database } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { errorFields } from '../log.ts';
import { isOutage } from '../outage.ts';
import { type Setting, type Settings, SettingsUnreadable } from './settings.ts';

type Row = RowDataPacket & { key: string; value: string | null };

/** Settings as rows of the installation's table. */
export function createSettingsTable(
  db: Database,
  table: string,
  { key: keyColumn, value: valueColumn }: SettingsConfig['columns'],
): Settings {
  const read = async (condition: string, of: string) => {
    try {
      const [rows] = await db.query<Row[]>(
        `SELECT ?? AS \`key\`, ?? AS value FROM ?? WHERE ?? ${condition} ORDER BY ??`,
        [keyColumn, valueColumn, table, keyColumn, of, keyColumn],
      );
      return rows.map(({ key, value }): Setting => ({ key, value: value === null ? null : String(value) }));
    } catch (error) {
      if (isOutage(error)) throw error;
      throw new SettingsUnreadable(`table ${table} cannot be read (${codeOf(error)})`);
    }
  };

  return {
    list: () => read('LIKE ?', 'iam\\_%'),

    async get(key) {
      const [row] = await read('= ?', key);
      return row?.value ?? null;
    },

    async set(key, value) {
      try {
        await inTransaction(db, async (connection) => {
          // mysql2 counts the rows that matched, so that the same value again adds no second row.
          const [{ affectedRows }] = await connection.query<ResultSetHeader>(
            'UPDATE ?? SET ?? = ? WHERE ?? = ?',
            [table, valueColumn, value, keyColumn, key],
          );
          if (affectedRows > 0) return;
          await connection.query('INSERT INTO ?? (??, ??) VALUES (?, ?)', [
            table,
            keyColumn,
            valueColumn,
            key,
            value,
          ]);
        });
        return { kind: 'written' };
      } catch (error) {
        if (isOutage(error)) throw error;
        return { kind: 'failed', why: `table ${table} could not be written (${codeOf(error)})` };
      }
    },
  };
}

/** A driver's message quotes the statement, and with it the value. */
const codeOf = (error: unknown) => errorFields(error).code ?? errorFields(error).error;

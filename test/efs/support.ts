import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Logger, pino } from 'pino';
import type { InstallationConfig } from '../../src/config/config.ts';
import { type OktaUserId, oktaUserId, type SubjectId } from '../../src/domain/ids.ts';
import { type Installation, openInstallation } from '../../src/efs/installation.ts';
import type { Source } from '../../src/efs/source.ts';
import { createDatabase } from '../support/databases.ts';
import { createTables, germanEfs } from '../support/efs.ts';

const CONNECTIONS = 20;
const silent = pino({ level: 'silent' });

/** An installation's database of this file's own. */
export interface TestEfs {
  /** Portage's view of it, with other settings where a test wants them; closed with the database. */
  open(settings?: Partial<InstallationConfig>, log?: Logger): Installation;
  query<T>(sql: string, values?: unknown[]): Promise<(T & RowDataPacket)[]>;
  /** Rows: id, mail, first and last name, then expiry or status. */
  admins(...rows: unknown[][]): Promise<void>;
  panelists(...rows: unknown[][]): Promise<void>;
  /** Rows: portal, panelist. */
  members(...rows: [number, number][]): Promise<void>;
  /** A reference row for each `[portal, panelist, Okta's id]`, and for each `[admin, Okta's id]`. */
  refer(...rows: [portal: number, panelist: number, oktaId: OktaUserId | null][]): Promise<void>;
  referAdmin(...rows: [admin: number, oktaId: OktaUserId | null][]): Promise<void>;
  /** `portal/panelist Okta's id`, or `admin Okta's id`, in order. */
  references(): Promise<string[]>;
  adminReferences(): Promise<string[]>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export async function createEfs(): Promise<TestEfs> {
  const database = await createDatabase('efs');
  await createTables(database.url, germanEfs);
  const connection = await createConnection({ uri: database.url });
  const opened: Installation[] = [];
  const query = async <T>(sql: string, values: unknown[] = []) =>
    (await connection.query<(T & RowDataPacket)[]>(sql, values))[0];
  const insert =
    (sql: string) =>
    async (...rows: unknown[][]) => {
      await query(sql, [rows]);
    };
  return {
    query,
    open(settings = {}, log = silent) {
      const installation = openInstallation(
        {
          name: 'werk',
          databaseUrl: database.url,
          org: 'acme',
          groupId: 'group',
          login: '{email}',
          markerAttribute: 'employeeNumber',
          adoptExisting: 'never',
          settings: null,
          ...(germanEfs.source as Partial<InstallationConfig>),
          ...settings,
        },
        CONNECTIONS,
        log,
      );
      opened.push(installation);
      return installation;
    },
    admins: insert(germanEfs.admin),
    panelists: insert(germanEfs.panelist),
    members: insert(germanEfs.member),
    refer: insert('INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES ?'),
    referAdmin: insert('INSERT INTO iam_user_reference (user_id, uuid) VALUES ?'),
    async references() {
      const rows = await query<{ portal_id: number; user_id: number; uuid: Buffer | null }>(
        'SELECT portal_id, user_id, uuid FROM iam_portal_user_reference ORDER BY user_id, portal_id, uuid',
      );
      return rows.map(({ portal_id, user_id, uuid }) => `${portal_id}/${user_id} ${uuid?.toString() ?? '-'}`);
    },
    async adminReferences() {
      const rows = await query<{ user_id: number; uuid: Buffer | null }>(
        'SELECT user_id, uuid FROM iam_user_reference ORDER BY user_id, uuid',
      );
      return rows.map(({ user_id, uuid }) => `${user_id} ${uuid?.toString() ?? '-'}`);
    },
    async clear() {
      for (const table of ['verwalter', 'teilnehmer', 'zugang', 'eingang', 'iam_error_log']) {
        await query(`DELETE FROM ${table}`); // references go with their people
      }
    },
    async close() {
      await Promise.all(opened.map((each) => each.close()));
      await connection.end();
      await database.drop();
    },
  };
}

export const subject = (id: number) => id as SubjectId;
export const okta = (n: number): OktaUserId => oktaUserId(`00u${String(n).padStart(17, '0')}`);

/** A source that must be there. */
export function sourceOf({ sources }: Installation, kind: 'admin' | 'panelist'): Source {
  const source = sources[kind];
  if (!source) throw new Error(`no ${kind}s are configured`);
  return source;
}

export const panelist = (
  id: number,
  status: number | null = 1,
  mail: string | null = `p${id}@example.com`,
) => [id, mail, `Vor${id}`, `Nach${id}`, status];
export const admin = (
  id: number,
  expires: string | null = null,
  mail: string | null = `a${id}@example.com`,
) => [id, mail, `Vor${id}`, `Nach${id}`, expires];

import { escapeId } from 'mysql2';
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { PortalsConfig } from '../config/config.ts';
import type { Database } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { Portal, PortalApps } from '../domain/portal.ts';
import type { Selection } from '../domain/selection.ts';
import { definite, type Skip } from './eligibility.ts';
import { createQuery, type Query } from './source.ts';

/** What the installation's database says of one portal at this moment. */
export type PortalStanding =
  | { kind: 'gone' }
  | { kind: 'skipped' }
  /** EFS has a client id for it, whoever has written that. */
  | { kind: 'registered' }
  | { kind: 'wanted'; portal: Portal };

/** What Okta has for a portal, as `iam_portal_settings` is to hold it. */
export interface AppSettings {
  clientId: string;
  appId: string;
  /** Null: the app has none. */
  clientSecret: string | null;
}

/** The portals of one installation; done is who has a client id. */
export interface Portals extends Query {
  /** The portals that Portage has registered, whether or not EFS still has them. */
  registered: Pick<Query, 'lastId' | 'nthEligible'> & {
    page(
      selection: Selection,
      throughId: number | null,
      afterId: number,
      limit: number,
    ): Promise<SubjectId[]>;
    count(selection: Selection, throughId: number | null): Promise<number>;
  };
  find(id: SubjectId): Promise<PortalStanding>;
  /** The row, whatever the rules say of it; null when the portal is gone. */
  read(id: SubjectId): Promise<Portal | null>;
  /** Okta's id of the app that Portage has registered for it. */
  appIdOf(id: SubjectId): Promise<string | null>;
  /**
   * Writes one row for each key, once, however many workers try. `taken`: somebody else has given the portal another
   * client id meanwhile, which stays.
   */
  recordApp(id: SubjectId, settings: AppSettings): Promise<'recorded' | 'gone' | 'taken'>;
  /** Nothing where no key is configured for it, or the portal is gone. */
  recordSecret(id: SubjectId, clientSecret: string): Promise<void>;
}

export function createPortals(
  db: Database,
  { table, columns, skip }: PortalsConfig,
  { settings: keys }: PortalApps,
): Portals {
  const id = `p.${escapeId(columns.id)}`;
  const from = `${escapeId(table)} p`;
  const registered = `EXISTS (SELECT 1 FROM iam_portal_settings s
    WHERE s.portal_id = ${id} AND s.\`key\` = ${db.escape(keys.clientId)} AND s.\`value\` <> '')`;
  const offline: Skip[] =
    skip?.offline && columns.online
      ? [{ reason: 'portal_offline', when: `NOT ${definite(`p.${escapeId(columns.online)} <> 0`)}` }]
      : [];
  const skipped = offline.map(({ when }) => when)[0] ?? 'FALSE';
  const text = (column: string | undefined) => (column === undefined ? "''" : `p.${escapeId(column)}`);
  const COLUMNS = `${id} AS id, ${text(columns.name)} AS name, ${text(columns.urlName)} AS urlName`;
  const query = createQuery(db, {
    table,
    columns,
    skips: () => offline,
    referenced: () => registered,
  });

  const own = `FROM iam_portal_settings s WHERE s.\`key\` = ${db.escape(keys.appId)} AND s.\`value\` <> ''`;
  const within = (selection: Selection, throughId: number | null) => {
    const { ids } = idsOf(selection);
    return (
      (ids ? ` AND s.portal_id IN (${db.escape(ids)})` : '') +
      (throughId === null ? '' : ` AND s.portal_id <= ${db.escape(throughId)}`)
    );
  };

  /** False: it is gone. The table of settings has no unique key: the lock keeps two workers from doubling a row. */
  async function lock(connection: PoolConnection, portalId: SubjectId): Promise<boolean> {
    const [portals] = await connection.query<RowDataPacket[]>(
      `SELECT ${id} FROM ${from} WHERE ${id} = ? FOR UPDATE`,
      [portalId],
    );
    return portals.length > 0;
  }

  return {
    page: (selection, ...rest) => query.page(idsOf(selection), ...rest),
    count: (selection, ...rest) => query.count(idsOf(selection), ...rest),
    skipped: (selection, ...rest) => query.skipped(idsOf(selection), ...rest),
    nthEligible: (n, selection) => query.nthEligible(n, idsOf(selection)),
    lastId: () => query.lastId(),

    registered: {
      async page(selection, throughId, afterId, limit) {
        const [rows] = await db.query<IdRow[]>(
          `SELECT DISTINCT s.portal_id AS id ${own} AND s.portal_id > ?${within(selection, throughId)}
            ORDER BY s.portal_id LIMIT ?`,
          [afterId, limit],
        );
        return rows.map((row) => row.id);
      },
      async count(selection, throughId) {
        const [[row]] = await db.query<(RowDataPacket & { count: number })[]>(
          `SELECT COUNT(DISTINCT s.portal_id) AS count ${own}${within(selection, throughId)}`,
        );
        return row?.count ?? 0;
      },
      async nthEligible(n, selection) {
        const [[row]] = await db.query<IdRow[]>(
          `SELECT DISTINCT s.portal_id AS id ${own}${within(selection, null)}
            ORDER BY s.portal_id LIMIT 1 OFFSET ?`,
          [n - 1],
        );
        return row?.id ?? null;
      },
      async lastId() {
        const [[row]] = await db.query<(RowDataPacket & { id: number | null })[]>(
          `SELECT MAX(s.portal_id) AS id ${own}`,
        );
        return row?.id ?? 0;
      },
    },

    async find(portalId) {
      const [[row]] = await db.query<(PortalRow & Record<'skipped' | 'registered', 0 | 1>)[]>(
        `SELECT ${COLUMNS}, ${skipped} AS skipped, ${registered} AS registered FROM ${from} WHERE ${id} = ?`,
        [portalId],
      );
      if (!row) return { kind: 'gone' };
      if (row.registered) return { kind: 'registered' };
      return row.skipped ? { kind: 'skipped' } : { kind: 'wanted', portal: toPortal(row) };
    },

    async read(portalId) {
      const [[row]] = await db.query<PortalRow[]>(`SELECT ${COLUMNS} FROM ${from} WHERE ${id} = ?`, [
        portalId,
      ]);
      return row ? toPortal(row) : null;
    },

    async appIdOf(portalId) {
      const [[row]] = await db.query<ValueRow[]>(
        `SELECT s.\`value\` ${own} AND s.portal_id = ? ORDER BY s.id LIMIT 1`,
        [portalId],
      );
      return row?.value ?? null;
    },

    recordApp: (portalId, { clientId, appId, clientSecret }) =>
      inTransaction(db, async (connection) => {
        if (!(await lock(connection, portalId))) return 'gone';
        const before = await currentValue(connection, portalId, keys.clientId);
        if (before && before !== clientId) return 'taken';
        await put(connection, portalId, keys.clientId, clientId);
        await put(connection, portalId, keys.appId, appId);
        if (keys.clientSecret !== null && clientSecret !== null)
          await put(connection, portalId, keys.clientSecret, clientSecret);
        return 'recorded';
      }),

    recordSecret: (portalId, clientSecret) =>
      inTransaction(db, async (connection) => {
        if (keys.clientSecret === null || !(await lock(connection, portalId))) return;
        await put(connection, portalId, keys.clientSecret, clientSecret);
      }),
  };
}

/** Who selects a portal here means it, not its panelists. */
function idsOf({ portal, ...selection }: Selection): Selection {
  return portal === undefined ? selection : { ...selection, ids: [portal] };
}

async function currentValue(
  connection: PoolConnection,
  portalId: SubjectId,
  key: string,
): Promise<string | null> {
  const [[row]] = await connection.query<ValueRow[]>(
    "SELECT `value` FROM iam_portal_settings WHERE portal_id = ? AND `key` = ? AND `value` <> '' LIMIT 1",
    [portalId, key],
  );
  return row?.value ?? null;
}

async function put(
  connection: PoolConnection,
  portalId: SubjectId,
  key: string,
  value: string,
): Promise<void> {
  const [rows] = await connection.query<IdRow[]>(
    'SELECT id FROM iam_portal_settings WHERE portal_id = ? AND `key` = ?',
    [portalId, key],
  );
  await connection.query<ResultSetHeader>(
    rows.length > 0
      ? 'UPDATE iam_portal_settings SET `value` = ? WHERE portal_id = ? AND `key` = ?'
      : 'INSERT INTO iam_portal_settings (`value`, portal_id, `key`) VALUES (?, ?, ?)',
    [value, portalId, key],
  );
}

interface IdRow extends RowDataPacket {
  id: SubjectId;
}

interface ValueRow extends RowDataPacket {
  value: string;
}

interface PortalRow extends RowDataPacket {
  id: SubjectId;
  name: string | null;
  urlName: string | null;
}

const toPortal = ({ id, name, urlName }: PortalRow): Portal => ({
  id,
  name: name ?? '',
  urlName: urlName ?? '',
});

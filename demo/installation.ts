import { readFileSync } from 'node:fs';
import { type Connection, createConnection } from 'mysql2/promise';
import { adminCases, type Fate, type Kind, panelistCases } from './cases.ts';
import { ONLINE_PORTALS, type Panelist, type People } from './people.ts';

const SCHEMA = readFileSync(new URL('./efs-schema.sql', import.meta.url), 'utf8');
const PAGE = 1_000;

const portals = [
  { id: 1, name: 'Portal 1', url_name: 'portal-1' },
  { id: 2, name: 'Meinungsstudio', url_name: 'meinungsstudio' },
  { id: 3, name: 'Portal 3', url_name: 'portal-3' },
];
const config = [
  { name: 'iam_module_active', value: '0' },
  { name: 'iam_unique_customer_name', value: 'musterpanel' },
];

/** How many people of each kind are meant to end how. */
export type Plan = Record<Kind, Record<Fate, number>>;

/** Fills the empty database of `url` with an EFS installation's tables and people, a page at a time. */
export async function createInstallation(url: string, people: People, signal?: AbortSignal): Promise<Plan> {
  const plan: Plan = {
    admin: { referenced: 0, failed: 0, skipped: 0 },
    panelist: { referenced: 0, failed: 0, skipped: 0 },
  };
  const connection = await createConnection({ uri: url, multipleStatements: true, charset: 'utf8mb4' });
  try {
    await connection.query(SCHEMA);
    const { onlinePortals = ONLINE_PORTALS } = people;
    const isOnline = (id: number) => (onlinePortals.includes(id) ? 1 : 0);
    await insert(
      connection,
      'portals',
      portals.map((portal) => ({ ...portal, is_online: isOnline(portal.id) })),
    );
    await insert(connection, 'config', config);
    for (const page of pages(people.admins)) {
      signal?.throwIfAborted();
      await insert(connection, 'users', page.map(rowOf));
      for (const admin of page) plan.admin[adminCases[admin.case]] += 1;
    }
    for (const page of pages(people.panelists)) {
      signal?.throwIfAborted();
      await insert(connection, 'panelists', page.map(rowOf));
      await insert(connection, 'portal_panelists', page.flatMap(registrations));
      for (const panelist of page) plan.panelist[panelistCases[panelist.case]] += 1;
    }
    return plan;
  } finally {
    await connection.end();
  }
}

const rowOf = <Row>({ row }: { row: Row }) => row;

function registrations({ row, portals }: Panelist) {
  return portals.map((portal_id) => ({ portal_id, user_id: row.uid, registered_at: row.pstatus_date }));
}

async function insert(connection: Connection, table: string, rows: Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return;
  const values = rows.map((row) => columns.map((column) => row[column]));
  await connection.query('INSERT INTO ?? (??) VALUES ?', [table, columns, values]);
}

function* pages<T>(items: Iterable<T>): Generator<T[]> {
  let page: T[] = [];
  for (const item of items) {
    page.push(item);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

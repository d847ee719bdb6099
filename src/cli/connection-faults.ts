import { escapeId } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { type App, openApp } from '../app.ts';
import type { Config, Fault, InstallationConfig } from '../config/config.ts';
import type { Database } from '../db/pool.ts';
import { createLog, errorText } from '../log.ts';
import { createOktaClient } from '../okta/client.ts';
import { whenReady } from '../queue/connection.ts';

/** The columns of EFS' own tables that Portage reads and writes. */
const IAM_TABLES = {
  iam_error_log: ['message', 'status_code', 'error_code'],
  iam_user_reference: ['user_id', 'uuid'],
  iam_portal_user_reference: ['portal_id', 'user_id', 'uuid'],
} as const;

/** Tries what the configuration names, all of it, and changes nothing. Calls Okta once for each installation. */
export async function connectionFaults(config: Config): Promise<Fault[]> {
  const app = openApp(config, createLog('check'), { patient: false });
  try {
    const own = await faultOf('/database', () => app.db.query('SELECT 1'));
    const redis = await faultOf('/redis', () => whenReady(app.redis));
    const installations = await Promise.all(
      [...app.installations.values()].map(({ config, db }) => tableFaults(config, db)),
    );
    // Without Redis there are no turns, and without a turn nobody calls Okta.
    const okta = redis.length > 0 ? [] : await oktaFaults(app);
    return [...own, ...redis, ...installations.flat(), ...okta];
  } finally {
    await app.close();
  }
}

async function tableFaults(config: InstallationConfig, db: Database): Promise<Fault[]> {
  const at = `/installations/${config.name}`;
  const unreachable = await faultOf(`${at}/database`, () => db.query('SELECT 1'));
  if (unreachable.length > 0) return unreachable;
  const { admins, panelists, portals, membership } = config;
  const mapped = Object.entries({ admins, panelists, portals, membership }).flatMap(([name, source]) =>
    source ? [{ path: `${at}/${name}`, table: source.table, columns: Object.values(source.columns) }] : [],
  );
  const own = Object.entries(IAM_TABLES).map(([table, columns]) => ({
    path: at,
    table,
    columns: [...columns],
  }));
  return (await Promise.all([...mapped, ...own].map((each) => columnFaults(db, each)))).flat();
}

async function columnFaults(
  db: Database,
  { path, table, columns }: { path: string; table: string; columns: string[] },
): Promise<Fault[]> {
  const [present] = await db
    .query<RowDataPacket[]>(`SHOW COLUMNS FROM ${escapeId(table)}`)
    .catch(() => [null]);
  if (!present)
    return [{ path: `${path}/table`, message: `table ${table} does not exist or cannot be read` }];
  const names = new Set(present.map((column) => String(column.Field)));
  return columns
    .filter((column) => !names.has(column))
    .map((column) => ({ path: `${path}/columns`, message: `table ${table} has no column ${column}` }));
}

async function oktaFaults({ config, limiter }: App): Promise<Fault[]> {
  const faults = Object.values(config.installations).map(async ({ name, org, groupId }): Promise<Fault[]> => {
    const orgConfig = config.orgs[org];
    if (!orgConfig) return [];
    const okta = createOktaClient(orgConfig, limiter);
    const reply = await okta.getGroup(groupId);
    okta.close();
    if (reply.kind === 'ok') return [];
    const path = reply.kind === 'refused' ? `/installations/${name}/groupId` : `/orgs/${org}`;
    return [
      { path, message: `Okta: ${reply.kind} ${reply.error.status} ${reply.error.code} ${reply.error.text}` },
    ];
  });
  return (await Promise.all(faults)).flat();
}

async function faultOf(path: string, attempt: () => Promise<unknown>): Promise<Fault[]> {
  try {
    await attempt();
    return [];
  } catch (error) {
    return [{ path, message: `cannot be reached: ${errorText(error)}` }];
  }
}

import { escapeId } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { type App, fleetOf, openApp } from '../app.ts';
import type { Config, Fault, InstallationConfig, OrgConfig } from '../config/config.ts';
import type { Database } from '../db/pool.ts';
import { createLog, errorFields } from '../log.ts';
import { createOktaClient } from '../okta/client.ts';
import type { Reply } from '../okta/reply.ts';
import { whenReady } from '../queue/connection.ts';
import { SECOND } from '../time.ts';
import { within } from '../within.ts';

/** Who takes longer than this to answer cannot be reached. */
const PATIENCE_MS = 10 * SECOND;
/** A bucket that Okta has shut opens again within a minute. */
const TURN_MS = 70 * SECOND;

/** The columns of EFS' own tables that Portage reads and writes. */
const ERROR_LOG = { table: 'iam_error_log', columns: ['message', 'status_code', 'error_code'] };
const USER_REFERENCE = { table: 'iam_user_reference', columns: ['user_id', 'uuid'] };
const UNASSIGNMENT = {
  table: 'iam_portal_user_group_unassignment_queue',
  columns: ['user_id', 'uuid', 'email'],
};
const PORTAL_REFERENCE = { table: 'iam_portal_user_reference', columns: ['portal_id', 'user_id', 'uuid'] };

/** Tries what the configuration names, all of it. Calls Okta once for each installation; people stay untouched. */
export async function connectionFaults(config: Config): Promise<Fault[]> {
  const app = openApp(config, createLog('check'), { patient: false });
  app.allowances.close(); // its table may not be there yet
  try {
    const [own, redis, ...installations] = await Promise.all([
      unreachable('/database', app.db.query('SELECT 1')),
      unreachable('/redis', whenReady(app.redis)),
      ...[...app.installations.values()].map(({ config, db }) => databaseFaults(config, db)),
    ]);
    // Without Redis there are no turns, and without a turn nobody calls Okta.
    const okta = redis.length > 0 ? [] : await oktaFaults(app);
    return [...own, ...redis, ...installations.flat(), ...okta];
  } finally {
    await app.close();
  }
}

async function databaseFaults(config: InstallationConfig, db: Database): Promise<Fault[]> {
  const path = `/installations/${config.name}/database`;
  const away = await unreachable(path, db.query('SELECT 1'));
  if (away.length > 0) return away;
  return (await Promise.all(tablesOf(config).map((table) => tableFaults(db, table)))).flat();
}

/** A table, where the configuration names it, and its columns, where it names them. */
interface Table {
  path: string;
  table: string;
  columns: { path: string; column: string }[];
}

function tablesOf({ name, admins, panelists, portals, membership }: InstallationConfig): Table[] {
  const at = `/installations/${name}`;
  const mapped = Object.entries({ admins, panelists, portals, membership }).flatMap(([kind, source]) =>
    source ? [toTable(`${at}/${kind}`, source)] : [],
  );
  const path = `${at}/database`;
  const own = [
    ERROR_LOG,
    ...(admins ? [USER_REFERENCE] : []),
    ...(panelists ? [PORTAL_REFERENCE, UNASSIGNMENT] : []),
  ];
  return [
    ...mapped,
    ...own.map(({ table, columns }) => ({
      path,
      table,
      columns: columns.map((column) => ({ path, column })),
    })),
  ];
}

function toTable(path: string, { table, columns }: { table: string; columns: object }): Table {
  return {
    path: `${path}/table`,
    table,
    columns: Object.entries(columns).map(([key, column]) => ({ path: `${path}/columns/${key}`, column })),
  };
}

async function tableFaults(db: Database, { path, table, columns }: Table): Promise<Fault[]> {
  try {
    const [present] = await db.query<RowDataPacket[]>(`SHOW COLUMNS FROM ${escapeId(table)}`);
    const names = new Set(present.map(({ Field }) => String(Field).toLowerCase())); // as MySQL compares them
    return columns
      .filter(({ column }) => !names.has(column.toLowerCase()))
      .map(({ path, column }) => ({ path, message: `table ${table} has no column ${column}` }));
  } catch (error) {
    return [{ path, message: `table ${table} cannot be read (${codeOf(error)})` }];
  }
}

async function oktaFaults(app: App): Promise<Fault[]> {
  const faults = await Promise.all(
    Object.values(app.config.installations).map((installation) => groupFaults(app, installation)),
  );
  // Installations of one org share its faults.
  return [...new Map(faults.flat().map((fault) => [fault.path, fault])).values()];
}

async function groupFaults(app: App, installation: InstallationConfig): Promise<Fault[]> {
  const { name, org, groupId } = installation;
  const orgConfig = app.config.orgs[org];
  if (!orgConfig) throw new Error(`Bug: no org ${org} is configured`);
  const okta = createOktaClient(orgConfig, fleetOf(app));
  try {
    const turn = await okta.turn('group', { lane: 'ahead', signal: AbortSignal.timeout(TURN_MS) });
    const reply = await okta.getGroup(turn, groupId);
    if (reply.kind === 'ok') return [];
    const { status, code, text } = reply.error;
    const path = pathOf[reply.kind](orgConfig, name);
    return [
      { path, message: status === 0 ? `cannot be reached (${code})` : `Okta: ${status} ${code} ${text}` },
    ];
  } catch (error) {
    return [{ path: `/orgs/${org}`, message: `got no turn to be called (${codeOf(error)})` }];
  } finally {
    okta.close();
  }
}

/** Which setting an answer of Okta is about. */
const pathOf: Record<
  Exclude<Reply<unknown>['kind'], 'ok'>,
  (org: OrgConfig, installation: string) => string
> = {
  refused: (_, installation) => `/installations/${installation}/groupId`,
  misconfigured: ({ name, credentials }) =>
    `/orgs/${name}/credentials/${credentials.kind === 'oauth' ? 'oauth' : 'apiToken'}`,
  unreachable: ({ name }) => `/orgs/${name}/baseUrl`,
  throttled: ({ name }) => `/orgs/${name}`,
};

async function unreachable(path: string, question: Promise<unknown>): Promise<Fault[]> {
  try {
    await within(PATIENCE_MS, question);
    return [];
  } catch (error) {
    return [{ path, message: `cannot be reached (${codeOf(error)})` }];
  }
}

/** The server's or the network's own word: an error's message may quote addresses and names. */
function codeOf(error: unknown): string {
  const { error: kind, code } = errorFields(error);
  const ofRedis = kind === 'ReplyError' ? /^[A-Z]+/.exec((error as Error).message)?.[0] : undefined;
  return code ?? ofRedis ?? kind;
}

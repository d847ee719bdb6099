import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { escapeId } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { type App, fleetOf, openApp } from '../app.ts';
import type { Config, Fault, InstallationConfig } from '../config/config.ts';
import type { Database } from '../db/pool.ts';
import { columnsOf, type MappedAttributes } from '../domain/profile.ts';
import { createLog, errorFields } from '../log.ts';
import { createOktaClient } from '../okta/client.ts';
import { checkOrg } from '../producers/preflight-okta.ts';
import { whenReady } from '../queue/connection.ts';
import { SECOND } from '../time.ts';
import { within } from '../within.ts';

/** Who takes longer than this to answer cannot be reached. */
const PATIENCE_MS = 10 * SECOND;

/** The columns of EFS' own tables that Portage reads and writes. */
const ERROR_LOG = { table: 'iam_error_log', columns: ['message', 'status_code', 'error_code'] };
const USER_REFERENCE = { table: 'iam_user_reference', columns: ['user_id', 'uuid'] };
const UNASSIGNMENT = {
  table: 'iam_portal_user_group_unassignment_queue',
  columns: ['user_id', 'uuid', 'email'],
};
const PORTAL_SETTINGS = { table: 'iam_portal_settings', columns: ['portal_id', 'key', 'value'] };
const PORTAL_REFERENCE = { table: 'iam_portal_user_reference', columns: ['portal_id', 'user_id', 'uuid'] };
const REFERENCE_STATUS = { table: 'iam_portal_user_reference', columns: ['status', 'updated_at'] };

/** Tries what the configuration names, all of it. Calls Okta twice for each installation, four times with an app of EFS; people stay untouched. */
export async function connectionFaults(config: Config): Promise<Fault[]> {
  const app = openApp(config, createLog('check'), { patient: false });
  app.allowances.close(); // its table may not be there yet
  try {
    const [own, redis, ...installations] = await Promise.all([
      unreachable('/database', app.db.query('SELECT 1')),
      unreachable('/redis', whenReady(app.redis)),
      ...[...app.installations.values()].map(({ config, db }) => databaseFaults(config, db)),
      ...Object.values(config.installations).map(programFaults),
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

/** The programs of its settings are looked for, and not run. */
async function programFaults({ name, settings }: InstallationConfig): Promise<Fault[]> {
  const { write = null, read = null } = settings?.command ?? {};
  const faults = Object.entries({ write, read }).map(async ([key, program]) => {
    if (program === null || (await isProgram(program[0] ?? ''))) return [];
    const path = `/installations/${name}/settings/command/${key}/0`;
    return [{ path, message: 'is no program that can be run here' }];
  });
  return (await Promise.all(faults)).flat();
}

async function isProgram(program: string): Promise<boolean> {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return Promise.any(found).then(
    () => true,
    () => false,
  );
}

/** A table, where the configuration names it, and its columns, where it names them. */
interface Table {
  path: string;
  table: string;
  columns: { path: string; column: string }[];
}

function tablesOf({
  name,
  admins,
  panelists,
  portals,
  membership,
  settings: wanted,
}: InstallationConfig): Table[] {
  const at = `/installations/${name}`;
  const settings = wanted?.command?.read ? null : wanted;
  const mapped = Object.entries({ admins, panelists, portals, membership, settings }).flatMap(
    ([kind, source]) => (source ? [toTable(`${at}/${kind}`, source)] : []),
  );
  const path = `${at}/database`;
  const own = [
    ERROR_LOG,
    ...(admins ? [USER_REFERENCE] : []),
    ...(panelists ? [PORTAL_REFERENCE, UNASSIGNMENT] : []),
    ...(panelists?.referenceStatus ? [REFERENCE_STATUS] : []),
    ...(portals?.app ? [PORTAL_SETTINGS] : []),
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

function toTable(
  path: string,
  { table, columns, profile }: { table: string; columns: object; profile?: MappedAttributes },
): Table {
  const named = Object.entries(columns).map(([key, column]) => ({ path: `${path}/columns/${key}`, column }));
  const mapped = Object.entries(profile ?? {}).flatMap(([name, attribute]) =>
    columnsOf({ [name]: attribute }).map((column) => ({ path: `${path}/profile/${name}`, column })),
  );
  return { path: `${path}/table`, table, columns: [...named, ...mapped] };
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
    Object.values(app.config.installations).map((installation) => orgFaults(app, installation)),
  );
  // Installations of one org share its faults.
  return [...new Map(faults.flat().map((fault) => [fault.path + fault.message, fault])).values()];
}

/** Without a mapping nobody needs the right to read the schema. */
async function orgFaults(app: App, installation: InstallationConfig): Promise<Fault[]> {
  const org = app.config.orgs[installation.org];
  if (!org) throw new Error(`Bug: no org ${installation.org} is configured`);
  const okta = createOktaClient(org, fleetOf(app));
  try {
    const { faults } = await checkOrg(app, okta, installation);
    const maps = installation.admins?.profile ?? installation.panelists?.profile;
    return faults
      .filter(({ code }) => code !== 'schema_unreadable' || maps)
      .map(({ path, message }) => ({ path, message }));
  } finally {
    okta.close();
  }
}

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

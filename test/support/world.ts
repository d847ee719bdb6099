import { createHash } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { type DestinationStream, pino } from 'pino';
import type { Options } from '../../simulator/options.ts';
import { startSimulator } from '../../simulator/server.ts';
import { buildApi } from '../../src/api/server.ts';
import { type App, openApp } from '../../src/app.ts';
import { toConfig } from '../../src/config/load.ts';
import type { Patience } from '../../src/db/pool.ts';
import { updateSchema } from '../../src/db/schema.ts';
import { createDatabase, REDIS_URL, uniqueName } from './databases.ts';
import { createTables, type Efs, germanEfs } from './efs.ts';
import { approve } from './openapi/approve.ts';
import { observe } from './openapi/observe.ts';

export const API_KEY = 'a-key-of-the-tests';
const TOKEN = 'a-token-of-the-tests';

/** One installation, one simulated org and one fleet's databases, all of this test's own. */
export interface World {
  efs: Efs;
  okta: { url: string; control<T>(method: string, path: string, body?: unknown): Promise<T> };
  groupId: string;
  prefix: string;
  /** The configuration file's content and the environment that it names. */
  file: ReturnType<typeof configFile>;
  env: Record<string, string>;
  /** Rows of the installation's database, or of Portage's own. */
  rows<T>(sql: string, values?: unknown[]): Promise<(T & RowDataPacket)[]>;
  ownRows<T>(sql: string, values?: unknown[]): Promise<(T & RowDataPacket)[]>;
  /** Another one of the same org, like the first, with a database and a group of its own; before Portage is opened. */
  addInstallation(name: string): Promise<OtherInstallation>;
  /** Opens Portage on all that, in this process; closed with the world. */
  open(): App;
  /** Portage's API on an app of its own, asked without a network; `url` and what inject takes. */
  api(): Promise<Api>;
  /** Closed before the apps, in reverse order. */
  closeLater(part: { close(): Promise<unknown> }): void;
  /** Fails when Okta's documents and the calls to the simulator disagree. */
  close(): Promise<void>;
}

export type OtherInstallation = Pick<World, 'efs' | 'groupId' | 'rows'>;

export const AUTHORIZED = { authorization: `Bearer ${API_KEY}` };

export interface ApiAnswer {
  status: number;
  headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a test asks for what it expects to be there
  body: any;
}

export interface Api {
  get(url: string): Promise<ApiAnswer>;
  /** POSTs a migration. */
  post(payload: object, headers?: Record<string, string>): Promise<ApiAnswer>;
  fastify: Awaited<ReturnType<typeof buildApi>>;
}

function answer({
  statusCode,
  headers,
  body,
}: {
  statusCode: number;
  headers: object;
  body: string;
}): ApiAnswer {
  return { status: statusCode, headers: { ...headers }, body: JSON.parse(body) };
}

export interface WorldOptions {
  efs?: Efs;
  perMinute?: number;
  windowSeconds?: number;
  latencyMs?: number;
  tokenSharePercent?: number;
  /** How long statements about people wait for the installations' databases. */
  patience?: Patience;
  /** How the simulated Okta is besides. */
  okta?: Partial<Options>;
  /** Is given all lines of Portage's log. */
  log?: DestinationStream;
}

/** Calls that no test has to wait for. */
const FAST = 60_000;

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const {
    efs = germanEfs,
    perMinute = FAST,
    windowSeconds = 60,
    latencyMs = 0,
    tokenSharePercent = 100,
    patience,
    okta,
    log,
  } = options;
  const [own, installation] = await Promise.all([createDatabase('portage'), createDatabase('efs')]);
  await Promise.all([updateSchema(own.url), createTables(installation.url, efs)]);
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    usersPerMinute: perMinute,
    windowMs: windowSeconds * 1_000,
    tokenSharePercent,
    latencyMs,
    observe,
    ...okta,
  });
  const groupId = await createGroup(simulator.url, 'EFS');
  const prefix = uniqueName('test');
  const file = configFile(efs, { oktaUrl: simulator.url, groupId, prefix, perMinute, windowSeconds });
  const env = { REDIS_URL, DATABASE_URL: own.url, EFS_URL: installation.url, OKTA_TOKEN: TOKEN };
  const databases = [own, installation];
  const opened: { close(): Promise<unknown> }[] = [];
  const open = () => {
    const loaded = toConfig(file, env);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    const logger = log ? pino({ level: 'trace' }, log) : pino({ level: process.env.LOG_LEVEL ?? 'silent' });
    const app = openApp(loaded.config, logger, { patient: true, patience });
    opened.push(app);
    return app;
  };

  return {
    efs,
    okta: { url: simulator.url, control: (method, path, body) => control(simulator.url, method, path, body) },
    groupId,
    prefix,
    file,
    env,
    rows: (sql, values) => query(installation.url, sql, values),
    ownRows: (sql, values) => query(own.url, sql, values),
    async addInstallation(name) {
      const database = await createDatabase('efs');
      databases.push(database);
      await createTables(database.url, efs);
      const another = {
        database: { env: `EFS_URL_${name.toUpperCase()}` },
        groupId: await createGroup(simulator.url, name),
      };
      Object.assign(env, { [another.database.env]: database.url });
      Object.assign(file.installations, { [name]: { ...file.installations.werk, ...another } });
      return { efs, groupId: another.groupId, rows: (sql, values) => query(database.url, sql, values) };
    },
    open,
    async api() {
      const api = await buildApi(open());
      opened.push(api);
      return {
        get: async (url) => answer(await api.inject({ url, headers: AUTHORIZED })),
        post: async (payload, headers = {}) =>
          answer(
            await api.inject({
              method: 'POST',
              url: '/v1/migrations',
              headers: { ...AUTHORIZED, ...headers },
              payload,
            }),
          ),
        fastify: api,
      };
    },
    closeLater: (part) => opened.push(part),
    async close() {
      for (const part of opened.reverse()) await part.close();
      try {
        await approve(simulator.url);
      } finally {
        await simulator.close();
        await Promise.all(databases.map((each) => each.drop()));
      }
    },
  };
}

interface Org {
  oktaUrl: string;
  groupId: string;
  prefix: string;
  perMinute: number;
  windowSeconds: number;
}

function configFile({ source }: Efs, { oktaUrl, groupId, prefix, perMinute, windowSeconds }: Org) {
  return {
    api: { port: 0, keys: [{ name: 'tests', sha256: createHash('sha256').update(API_KEY).digest('hex') }] },
    redis: { prefix },
    orgs: {
      acme: {
        baseUrl: oktaUrl,
        credentials: { apiToken: { env: 'OKTA_TOKEN' } },
        allowances: { users: { perMinute } },
        windowSeconds,
      },
    },
    installations: { werk: { database: { env: 'EFS_URL' }, org: 'acme', groupId, ...source } },
  };
}

async function createGroup(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/groups`, {
    method: 'POST',
    headers: { authorization: `SSWS ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ profile: { name } }),
  });
  return ((await response.json()) as { id: string }).id;
}

async function control<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}/__simulator/${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  return (await response.json().catch(() => undefined)) as T;
}

async function query<T>(url: string, sql: string, values: unknown[] = []): Promise<(T & RowDataPacket)[]> {
  const connection = await createConnection({ uri: url });
  const [rows] = await connection.query<(T & RowDataPacket)[]>(sql, values);
  await connection.end();
  return rows;
}

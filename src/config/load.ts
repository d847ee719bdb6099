import { readFileSync } from 'node:fs';
import { bucketNames, defaultPerMinute } from '../domain/buckets.ts';
import { keepFreePerMinute } from '../domain/keep-free.ts';
import type { Bucket } from '../domain/operations.ts';
import { defaultPortalApps } from '../domain/portal.ts';
import { SECOND } from '../time.ts';
import type {
  Config,
  Fault,
  InstallationConfig,
  OrgConfig,
  PortalsConfig,
  SettingsConfig,
} from './config.ts';
import { faultsOf } from './faults.ts';
import type { ConfigFile, PortalsSource } from './schema.ts';

/** Every default in one place. */
const DEFAULTS = {
  host: '127.0.0.1', // the API is opened to a network on purpose or not at all
  port: 3000,
  redisPrefix: 'portage',
  probeSeconds: 30, // an outage of a token costs two calls a minute
  requestTimeoutSeconds: 30, // Okta's slower creates take 1.75 s (the 90th percentile on record)
  scopes: ['okta.users.manage', 'okta.groups.manage', 'okta.schemas.read'],
  dpop: true, // Okta demands it of apps that are made in its console, by default
  jitterMs: 100, // the ways of one data centre; more would slow everybody
  concurrency: 40, // half of what Okta allows an org at once (75), others' included
  windowSeconds: 60, // Okta, Rate limits: fixed windows of a minute
  login: '{email}',
  markerAttribute: 'employeeNumber', // a base attribute: every org has it
  adoptExisting: 'never', // whose account a login is cannot be told from the login
  settingsTable: 'config', // as the tests have it: EFS' own names are not documented
  settingsColumns: { key: 'name', value: 'value' },
  settingsTimeoutSeconds: 8, // a change may run three commands, and the API answers within 30 s
} as const;

export type Loaded = { kind: 'valid'; config: Config } | { kind: 'faulty'; faults: Fault[] };
type Env = Readonly<Record<string, string | undefined>>;

/** Reads the file that `PORTAGE_CONFIG` names, `portage.config.json` here by default. Throws nothing. */
export function loadConfig(env: Env): Loaded {
  const path = env.PORTAGE_CONFIG ?? 'portage.config.json';
  let file: unknown;
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // The parser's own message quotes the file, and with it what somebody may have written into it.
    const why =
      error instanceof SyntaxError ? 'is not well-formed JSON' : (error as NodeJS.ErrnoException).code;
    return { kind: 'faulty', faults: [{ path: '', message: `cannot be read from ${path}: ${why}` }] };
  }
  return toConfig(file, env);
}

/** Validates the parsed file as a whole and completes it with the defaults and the environment's secrets. */
export function toConfig(file: unknown, env: Env): Loaded {
  const faults = faultsOf(file, env);
  return faults.length > 0
    ? { kind: 'faulty', faults }
    : { kind: 'valid', config: resolve(file as ConfigFile, env) };
}

function resolve(file: ConfigFile, env: Env): Config {
  const secret = (name: string) => env[name] as string; // the faults have shown that it is there
  return deepFreeze({
    api: { host: file.api.host ?? DEFAULTS.host, port: file.api.port ?? DEFAULTS.port, keys: file.api.keys },
    redis: {
      url: secret(file.redis?.url?.env ?? 'REDIS_URL'),
      prefix: file.redis?.prefix ?? DEFAULTS.redisPrefix,
    },
    databaseUrl: secret(file.database?.env ?? 'DATABASE_URL'),
    orgs: mapValues(
      file.orgs,
      (org, name): OrgConfig => ({
        name,
        baseUrl: org.baseUrl,
        credentials: credentialsOf(org, scopesFor(file, name), secret),
        proxyUrl: org.proxy ? secret(org.proxy.env) : null,
        windowMs: (org.windowSeconds ?? DEFAULTS.windowSeconds) * SECOND,
        probeMs: (org.probeSeconds ?? DEFAULTS.probeSeconds) * SECOND,
        requestTimeoutMs: (org.requestTimeoutSeconds ?? DEFAULTS.requestTimeoutSeconds) * SECOND,
        jitterMs: org.jitterMs ?? DEFAULTS.jitterMs,
        concurrency: org.concurrency ?? DEFAULTS.concurrency,
        ...allowancesOf(org),
      }),
    ),
    installations: mapValues(
      file.installations,
      ({ database, settings, portals, ...rest }, name): InstallationConfig => ({
        login: DEFAULTS.login,
        markerAttribute: DEFAULTS.markerAttribute,
        adoptExisting: DEFAULTS.adoptExisting,
        ...rest,
        name,
        databaseUrl: secret(database.env),
        ...(portals && { portals: portalsOf(portals) }),
        settings: settings ? settingsOf(settings) : null,
      }),
    ),
  });
}

function portalsOf({ app, ...rest }: PortalsSource): PortalsConfig {
  if (!app) return { ...rest, app: null };
  const { label, redirectUris, postLogoutRedirectUris = [], initiateLoginUri = null, grantTypes } = app;
  return {
    ...rest,
    app: {
      label: label ?? defaultPortalApps.label,
      redirectUris,
      postLogoutRedirectUris,
      initiateLoginUri,
      grantTypes: grantTypes ?? defaultPortalApps.grantTypes,
      settings: { ...defaultPortalApps.settings, clientSecret: null, ...app.settings },
    },
  };
}

function settingsOf({
  table = DEFAULTS.settingsTable,
  columns,
  command,
  secretKeys = [],
}: NonNullable<ConfigFile['installations'][string]['settings']>): SettingsConfig {
  return {
    table,
    columns: { ...DEFAULTS.settingsColumns, ...columns },
    command: command
      ? {
          write: command.write,
          read: command.read ?? null,
          timeoutMs: (command.timeoutSeconds ?? DEFAULTS.settingsTimeoutSeconds) * SECOND,
        }
      : null,
    secretKeys,
  };
}

function allowancesOf({
  allowances,
}: ConfigFile['orgs'][string]): Pick<OrgConfig, 'perMinute' | 'maxPerMinute' | 'keepFree'> {
  const perMinute = (bucket: Bucket) => allowances?.[bucket]?.perMinute ?? defaultPerMinute[bucket];
  return {
    perMinute: ofEachBucket(perMinute),
    maxPerMinute: ofEachBucket((bucket) => allowances?.[bucket]?.maxPerMinute ?? perMinute(bucket)),
    keepFree: ofEachBucket((bucket) =>
      keepFreePerMinute(allowances?.[bucket]?.keepFree ?? 0, perMinute(bucket)),
    ),
  };
}

const ofEachBucket = (to: (bucket: Bucket) => number) =>
  Object.fromEntries(bucketNames.map((bucket) => [bucket, to(bucket)])) as Record<Bucket, number>;

function credentialsOf(
  { credentials: { apiToken, oauth } }: ConfigFile['orgs'][string],
  defaultScopes: readonly string[],
  secret: (name: string) => string,
): OrgConfig['credentials'] {
  if (!oauth) return { kind: 'api-token', token: secret(apiToken?.env ?? '') };
  const { clientId, keyId, scopes, dpop, privateKey, encryptionKey } = oauth;
  return {
    kind: 'oauth',
    clientId,
    keyId: keyId ?? null,
    scopes: scopes ?? defaultScopes,
    dpop: dpop ?? DEFAULTS.dpop,
    privateKey: secret(privateKey.env),
    encryptionKey: secret(encryptionKey.env),
  };
}

/** Okta refuses every token when one of its scopes is not granted: nobody is asked for more than is needed. */
function scopesFor({ installations }: ConfigFile, orgName: string): readonly string[] {
  const ofOrg = Object.values(installations).filter(({ org }) => org === orgName);
  if (ofOrg.some(({ portals }) => portals?.app)) return [...DEFAULTS.scopes, 'okta.apps.manage'];
  return ofOrg.some(({ efsApp }) => efsApp) ? [...DEFAULTS.scopes, 'okta.apps.read'] : DEFAULTS.scopes;
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  to: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

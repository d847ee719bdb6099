import { Compile } from 'typebox/schema';
import { Settings } from 'typebox/system';
import { bucketNames, defaultPerMinute } from '../domain/buckets.ts';
import { keepFreeFault } from '../domain/keep-free.ts';
import { loginPlaceholders } from '../domain/profile.ts';
import { placeholdersIn } from '../domain/template.ts';
import { readSigningKey } from '../okta/signing-key.ts';
import type { Fault } from './config.ts';
import { portalFaults, unknownIn } from './portal-faults.ts';
import { profileFaults } from './profile-faults.ts';
import { type AllowanceFile, ConfigFile, type InstallationFile, type OAuthFile } from './schema.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Faults = Generator<Fault, void, undefined>;

/** The library's own 8 would hide the rest. */
Settings.Set({ maxErrors: 1_000 });
const validator = Compile(ConfigFile);

/** A name as a segment of a JSON pointer (RFC 6901). */
const segment = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Every fault of a configuration file at once, each with its path; none means it is a `ConfigFile`. */
export function faultsOf(file: unknown, env: Env): Fault[] {
  const shape = shapeFaults(file);
  // What is misshapen is not looked at any further; the rest still is.
  const sound = (path: string) =>
    !shape.some((fault) => within(fault.path, path) || within(path, fault.path));
  return [...shape, ...meaningFaults(file as ConfigFile, env, sound)];
}

const within = (path: string, outer: string) => `${path}/`.startsWith(`${outer}/`);

function shapeFaults(file: unknown): Fault[] {
  const [, errors] = validator.Errors(file);
  return errors
    .filter((error) => error.keyword !== 'additionalProperties') // each of them is named below, by itself
    .flatMap((error) => {
      if (error.keyword === 'boolean')
        return { path: error.instancePath, message: unknownAt(error.instancePath) };
      if (error.keyword !== 'required') return { path: error.instancePath, message: error.message };
      const { requiredProperties } = error.params as { requiredProperties: string[] };
      return requiredProperties.map((name) => ({
        path: `${error.instancePath}/${name}`,
        message: 'is missing',
      }));
    });
}

/** Where names are free, a wrong one is not unknown but misspelt. */
function unknownAt(path: string): string {
  if (/\/profile\/[^/]*$/.test(path))
    return "must be an attribute of Okta's profile other than login and email";
  return /^\/(orgs|installations)\/[^/]*$/.test(path)
    ? 'must be a name of a-z, 0-9 and -, at most 32 characters'
    : 'is not a known setting';
}

function* meaningFaults(file: ConfigFile, env: Env, sound: (path: string) => boolean): Faults {
  if (sound('/api')) yield* keyFaults(file.api.keys);
  if (sound('/redis')) yield* urlFaults('/redis/url/env', file.redis?.url?.env ?? 'REDIS_URL', env, 'redis:');
  if (sound('/database'))
    yield* urlFaults('/database/env', file.database?.env ?? 'DATABASE_URL', env, 'mysql:');
  const orgs = entries(file?.orgs);
  for (const [name, org] of orgs) {
    const at = `/orgs/${segment(name)}`;
    if (sound(at)) yield* under(at, orgFaults(org, env));
  }
  const twins = new Map<string, string>();
  for (const [name, installation] of entries(file?.installations)) {
    const at = `/installations/${segment(name)}`;
    if (!sound(at)) continue;
    if (!orgs.some(([org]) => org === installation.org))
      yield { path: `${at}/org`, message: 'names no configured org' };
    yield* urlFaults(`${at}/database/env`, installation.database.env, env, 'mysql:');
    yield* twinFaults(`${at}/database/env`, name, env[installation.database.env], twins);
    yield* under(at, installationFaults(installation));
    yield* under(at, profileFaults(installation));
  }
}

function* keyFaults(keys: ConfigFile['api']['keys']): Faults {
  const names = keys.map(({ name }) => name);
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i) yield { path: `/api/keys/${i}/name`, message: 'is used twice' };
  }
}

function* orgFaults(
  { baseUrl, credentials, proxy, allowances }: ConfigFile['orgs'][string],
  env: Env,
): Faults {
  if (!URL.canParse(baseUrl)) yield { path: '/baseUrl', message: 'is not an address' };
  else if (new URL(baseUrl).protocol === 'http:' && !isLocal(new URL(baseUrl).hostname)) {
    yield { path: '/baseUrl', message: 'must be https: the API token travels with every call' };
  }
  const { apiToken, oauth } = credentials;
  if (!apiToken === !oauth) yield { path: '/credentials', message: 'must have one of apiToken and oauth' };
  if (apiToken && !env[apiToken.env]) {
    yield { path: '/credentials/apiToken/env', message: unset(apiToken.env) };
  }
  if (oauth) yield* under('/credentials/oauth', oauthFaults(oauth, env));
  if (proxy) yield* urlFaults('/proxy/env', proxy.env, env, 'http:');
  for (const bucket of bucketNames) {
    const at = `/allowances/${bucket}`;
    yield* under(at, allowanceFaults(allowances?.[bucket] ?? {}, defaultPerMinute[bucket]));
  }
}

function* allowanceFaults(
  { perMinute: written, maxPerMinute, keepFree }: AllowanceFile,
  usual: number,
): Faults {
  const perMinute = written ?? usual;
  if (maxPerMinute !== undefined && maxPerMinute < perMinute) {
    yield { path: '/maxPerMinute', message: `must not be less than perMinute, ${perMinute}` };
  }
  const message = keepFree !== undefined && keepFreeFault(keepFree, perMinute);
  if (message) yield { path: '/keepFree', message };
}

function* oauthFaults({ privateKey, encryptionKey, keyId }: OAuthFile, env: Env): Faults {
  const text = env[privateKey.env];
  const key = text && readSigningKey(text);
  if (!text) yield { path: '/privateKey/env', message: unset(privateKey.env) };
  else if (!key) {
    const message = `${privateKey.env} must be a private RSA or EC key, as a JWK or in PEM`;
    yield { path: '/privateKey/env', message };
  } else if (!keyId && !key.kid) {
    yield { path: '/keyId', message: `is missing: the key in ${privateKey.env} does not name itself` };
  }
  const secret = env[encryptionKey.env];
  if (!secret) yield { path: '/encryptionKey/env', message: unset(encryptionKey.env) };
  else if (Buffer.from(secret, 'base64').length !== 32) {
    yield { path: '/encryptionKey/env', message: `${encryptionKey.env} must be 32 bytes in Base64` };
  }
}

function* installationFaults({
  login = '{email}',
  admins,
  panelists,
  portals,
  membership,
  customerName,
}: InstallationFile): Faults {
  const used = placeholdersIn(login);
  yield* unknownIn(used, loginPlaceholders, '/login');
  if (!used.includes('email') && !used.includes('id')) {
    yield { path: '/login', message: 'must hold {email} or {id}, or all people would share one login' };
  }
  if (admins && panelists && !used.includes('email') && !used.includes('kind')) {
    yield {
      path: '/login',
      message: 'must hold {email} or {kind}: an admin and a panelist may have the same id',
    };
  }
  if (!admins && !panelists && !portals?.app)
    yield { path: '', message: 'must name admins, panelists or portals.app' };
  if (admins?.skip?.expiredLogins && !admins.columns.loginExpiresOn) {
    yield { path: '/admins/skip/expiredLogins', message: 'needs columns.loginExpiresOn' };
  }
  if (panelists?.skip?.statuses && !panelists.columns.status) {
    yield { path: '/panelists/skip/statuses', message: 'needs columns.status' };
  }
  if (panelists && !portals && !membership) {
    yield {
      path: '/panelists',
      message: 'needs membership, or portals when every panelist is in every portal',
    };
  }
  if (portals) yield* under('/portals', portalFaults(portals, customerName));
}

/** This machine, or a neighbour in a container network; never a host of the internet. */
const isLocal = (host: string) => host === '127.0.0.1' || host === '[::1]' || /^[\w-]+$/.test(host);

/** Two installations in one database would give each person two Okta users. */
function* twinFaults(
  path: string,
  name: string,
  url: string | undefined,
  twins: Map<string, string>,
): Faults {
  const twin = url && twins.get(url);
  if (twin) yield { path, message: `is the same database as that of ${twin}` };
  if (url) twins.set(url, name);
}

/** The value holds a password, so it is never repeated. */
function* urlFaults(path: string, name: string, env: Env, protocol: string): Faults {
  const value = env[name];
  if (!value) yield { path, message: unset(name) };
  else if (
    !URL.canParse(value) ||
    ![protocol, protocol.replace(':', 's:')].includes(new URL(value).protocol)
  ) {
    yield { path, message: `${name} must be a ${protocol}//... address` };
  }
}

const unset = (name: string) => `environment variable ${name} is not set`;

function entries<T>(record: Readonly<Record<string, T>> | undefined): [string, T][] {
  return typeof record === 'object' && record !== null && !Array.isArray(record)
    ? Object.entries(record)
    : [];
}

function* under(path: string, faults: Faults): Faults {
  for (const fault of faults) yield { path: path + fault.path, message: fault.message };
}

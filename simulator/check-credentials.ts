import { credentialsForbidden, type ErrorAnswer, notWellFormed, validationFailed } from './errors.ts';
import { isRecord } from './json.ts';

const PROVIDERS = ['OKTA', 'ACTIVE_DIRECTORY', 'LDAP', 'FEDERATION', 'SOCIAL', 'IMPORT'];
const FEDERATED = ['FEDERATION', 'SOCIAL'];

/** What is wrong with the credentials of a create or an update, or null. Okta, Users API: UserCredentialsWritable. */
export function refusalOfCredentials(given: unknown): ErrorAnswer | null {
  if (given === undefined || given === null) return null;
  if (!isRecord(given)) return notWellFormed;
  const { password = {}, provider = {} } = given;
  if (!isRecord(password) || !isRecord(provider)) return notWellFormed;
  if (provider.type !== undefined && !PROVIDERS.some((known) => known === provider.type))
    return notWellFormed;
  // INFERRED, the code: the documentation says only that no password is allowed.
  if (isFederated(given) && hasPassword(given)) return credentialsForbidden;
  return password.hash === undefined ? null : refusalOfHash(password.hash);
}

/** Who signs in elsewhere. */
export function isFederated(credentials: unknown): boolean {
  const provider = isRecord(credentials) ? credentials.provider : null;
  return isRecord(provider) && FEDERATED.some((type) => type === provider.type);
}

/** An empty password object counts as none, as recorded. */
export function hasPassword(credentials: unknown): boolean {
  const password = isRecord(credentials) ? credentials.password : null;
  return isRecord(password) && ['value', 'hash', 'hook'].some((key) => password[key] != null);
}

export function hasHash(credentials: unknown): boolean {
  const password = isRecord(credentials) ? credentials.password : null;
  return isRecord(password) && password.hash !== undefined;
}

type Check = (hash: Readonly<Record<string, unknown>>) => boolean;

const isSalted: Check = ({ salt, saltOrder }) =>
  isText(salt) && (saltOrder === 'PREFIX' || saltOrder === 'POSTFIX');

/** Radix-64 of bcrypt: 22 characters of salt, 31 of the hash. */
const isBcrypt: Check = ({ workFactor, salt, value }) =>
  isWhole(workFactor, 1) && (workFactor as number) <= 20 && isRadix64(salt, 22) && isRadix64(value, 31);

const isPbkdf2: Check = ({ salt, digestAlgorithm, iterationCount, keySize }) =>
  isText(salt) &&
  (digestAlgorithm === 'SHA256_HMAC' || digestAlgorithm === 'SHA512_HMAC') &&
  isWhole(iterationCount, 4096) &&
  isWhole(keySize, 1);

/** A digest without salt is allowed. Okta, Users API: PasswordCredentialHash. */
const isDigest: Check = (hash) => hash.salt === undefined || isSalted(hash);

const ALGORITHMS: Readonly<Record<string, Check>> = {
  BCRYPT: isBcrypt,
  'SHA-512': isDigest,
  'SHA-256': isDigest,
  'SHA-1': isDigest,
  MD5: isDigest,
  PBKDF2: isPbkdf2,
};

/** INFERRED, the wording. */
function refusalOfHash(hash: unknown): ErrorAnswer | null {
  if (!isRecord(hash)) return notWellFormed;
  const { algorithm, value } = hash;
  const check = typeof algorithm === 'string' ? ALGORITHMS[algorithm] : undefined;
  if (check === undefined) return validationFailed('password', ['password: The hash algorithm is unknown']);
  if (isText(value) && check(hash)) return null;
  return validationFailed('password', [`password: The ${String(algorithm)} hash is not valid`]);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least;
}

function isRadix64(value: unknown, length: number): boolean {
  return typeof value === 'string' && value.length === length && /^[./A-Za-z0-9]+$/.test(value);
}

import { generateKeyPairSync } from 'node:crypto';
import { Client, type Collection } from '@okta/okta-sdk-nodejs';
import type { Options } from '../../simulator/options.ts';
import type { ServiceApp } from '../../simulator/service-app.ts';
import { type Org, startOrg as startAnyOrg, TOKEN } from '../simulator/support.ts';

export { Client } from '@okta/okta-sdk-nodejs';

type Configuration = ConstructorParameters<typeof Client>[0];

/** What the client would take from the environment instead of what it is given. */
const AMBIENT = /^(https_proxy|okta_client_.*)$/i;

/** Okta's own client, with an API token unless told otherwise; without its cache, so that every call arrives. */
export function oktaClient(org: Org, configuration: Configuration = {}): Client {
  const ambient = Object.entries(process.env).filter(([name]) => AMBIENT.test(name));
  for (const [name] of ambient) delete process.env[name];
  try {
    return new Client({ orgUrl: org.url, token: TOKEN, cacheMiddleware: null, ...configuration });
  } finally {
    Object.assign(process.env, Object.fromEntries(ambient));
  }
}

const AREAS = ['users', 'groups', 'apps', 'schemas'];
const SCOPES = [...AREAS.map((area) => `okta.${area}.manage`), 'okta.logs.read'];
/** RSA: the client's proofs know no other. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = { kid: 'kidValue', alg: 'RS256' };

/** What every org of these tests knows, by its public key; it has to prove that it has the other. */
export const serviceApp: ServiceApp = {
  clientId: '0oaServiceApp',
  keys: [{ ...(publicKey.export({ format: 'jwk' }) as { kty: string }), ...KEY }],
  scopes: SCOPES,
  dpop: true,
};

/** An org that knows the service app. */
export async function startOrg(options: Partial<Options> = {}): Promise<Org> {
  return startAnyOrg({ serviceApps: [serviceApp], ...options });
}

const AS_SERVICE_APP: Configuration = {
  authorizationMode: 'PrivateKey',
  clientId: serviceApp.clientId,
  scopes: SCOPES,
  privateKey: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...KEY }),
  keyId: KEY.kid,
};

/** Okta's own client on an org that knows `serviceApp`. */
export type Connect = (org: Org, configuration?: Configuration) => Client;

/** A test of Okta's own client: once with an API token, once with private_key_jwt and DPoP. */
export function judged(title: string, run: (connect: Connect) => Promise<void>): void {
  test.each([
    ['an API token', {}],
    ['proofs of a key', AS_SERVICE_APP],
  ])(`${title} (with %s)`, (_, credentials) =>
    run((org, configuration) => oktaClient(org, { ...credentials, ...configuration })),
  );
}

/** All items of all pages, as `each` hands them over. */
export async function allOf<T>(collection: Promise<Collection<T>>): Promise<T[]> {
  const items: T[] = [];
  await (await collection).each((item) => {
    items.push(item);
  });
  return items;
}

/** In the order of the alphabet: Okta promises none. */
export function sorted(names: (string | undefined)[]): string[] {
  return names.map((name = '') => name).toSorted((one, other) => one.localeCompare(other));
}

/** What the client throws when Okta refuses. */
export interface OktaApiError extends Error {
  readonly status: number;
  readonly errorCode: string;
  readonly errorSummary: string;
  readonly errorCauses: readonly { readonly errorSummary: string }[];
  readonly errorLink: string;
  readonly errorId: string;
  readonly url: string;
  readonly headers: Headers;
}

/** The refusal of a call that has to be refused. */
export async function refusalOf(call: Promise<unknown>): Promise<OktaApiError> {
  return call.then(
    () => {
      throw new Error('the call went well');
    },
    (error: OktaApiError) => error,
  );
}

export const ada = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  login: 'ada@example.com',
};

/** Somebody else, as the documentation's body for a new user has him. */
export function profileOf(login: string) {
  return { ...ada, email: login, login };
}

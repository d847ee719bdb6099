import { createHash, randomUUID, type webcrypto } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { GivenOptions } from '../../simulator/options.ts';
import { type Org, startOrg } from './support.ts';

export const CLIENT_ID = '0oaServiceApp';
const HOUR_SECONDS = 3600;

export interface Keys {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicJwk: Record<string, unknown>;
}

export async function createKeys(kid = 'key-1', alg = 'ES256'): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

export interface ServiceOrg {
  readonly org: Org;
  readonly keys: Keys;
  readonly endpoint: string;
}

/** An org with one service app. */
export async function startServiceOrg(
  app: { scopes?: string[]; dpop?: boolean } = {},
  options: Partial<GivenOptions> = {},
): Promise<ServiceOrg> {
  const keys = await createKeys();
  const { scopes = ['okta.users.manage', 'okta.logs.read'], dpop = false } = app;
  const serviceApp = { clientId: CLIENT_ID, keys: [keys.publicJwk as { kty: string }], scopes, dpop };
  const org = await startOrg({ serviceApps: [serviceApp], ...options });
  return { org, keys, endpoint: `${org.url}/oauth2/v1/token` };
}

export interface Claims {
  [name: string]: unknown;
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** A right assertion, but for what the claims and the header say otherwise. */
export async function assertionOf(
  { keys, endpoint }: Pick<ServiceOrg, 'keys' | 'endpoint'>,
  claims: Claims = {},
  header: Claims = {},
): Promise<string> {
  const now = nowSeconds();
  const right = {
    iss: CLIENT_ID,
    sub: CLIENT_ID,
    aud: endpoint,
    iat: now,
    exp: now + HOUR_SECONDS,
    jti: randomUUID(),
  };
  return new SignJWT({ ...right, ...claims })
    .setProtectedHeader({ alg: keys.alg, kid: keys.kid, ...header })
    .sign(keys.privateKey);
}

/** A right proof of possession, but for what the claims say otherwise. */
export async function proofOf(
  { alg, privateKey, publicJwk }: Keys,
  method: string,
  target: string,
  claims: Claims = {},
): Promise<string> {
  const { kid: _kid, alg: _alg, ...jwk } = publicJwk;
  return new SignJWT({ htm: method, htu: target, iat: nowSeconds(), jti: randomUUID(), ...claims })
    .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk })
    .sign(privateKey);
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export interface TokenBody {
  readonly token_type: string;
  readonly expires_in: number;
  readonly access_token: string;
  readonly scope: string;
  readonly error?: string;
  readonly error_description?: string;
}

export interface TokenReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: TokenBody;
}

/** Asks for a token as a service app does. */
export async function askForToken(
  service: ServiceOrg,
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<TokenReply> {
  const response = await fetch(service.endpoint, {
    method: 'POST',
    headers,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'okta.users.manage',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertionOf(service),
      ...form,
    }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as TokenBody,
  };
}

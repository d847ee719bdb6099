import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK, type JWTPayload } from 'jose';
import type { OAuth } from './oauth.ts';
import { badAssertion, type OAuthError } from './oauth-errors.ts';
import type { ServiceApp } from './service-app.ts';

const HOUR = 60 * 60_000;
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

export type CheckedClient = { readonly kind: 'client'; readonly client: ServiceApp } | OAuthError;

/** Who signed the assertion, if it is right in every respect. Okta, OAuth 2.0 API: JWT with private key. */
export async function checkAssertion(
  oauth: OAuth,
  assertion: string,
  endpoint: string,
  nowMs: number,
): Promise<CheckedClient> {
  const jwt = decode(assertion);
  if (jwt === null) return badAssertion('The client_assertion is not a valid JWT.');
  const { payload, kid, alg } = jwt;
  const client = oauth.serviceApps.get(payload.sub ?? '');
  if (payload.sub === undefined || payload.iss !== payload.sub) {
    return badAssertion("The 'iss' and 'sub' claims of client_assertion must both be the client id.");
  }
  if (client === undefined) return badAssertion("Invalid value for 'client_id' parameter.");
  if (!ALGORITHMS.includes(alg))
    return badAssertion('The client_assertion signing algorithm is not supported.');
  const key = keyOf(client, kid);
  if (key === null) return badAssertion('The client_assertion JWT kid is invalid.');
  if (!(await isSigned(assertion, key, alg)))
    return badAssertion('The client_assertion signature is invalid.');
  const fault = faultOf(payload, endpoint, nowMs);
  if (fault !== null) return badAssertion(fault);
  if (!useOnce(oauth, payload, nowMs)) return badAssertion('The client_assertion token was already used.');
  return { kind: 'client', client };
}

interface Decoded {
  readonly payload: JWTPayload;
  readonly kid: string | undefined;
  readonly alg: string;
}

function decode(jwt: string): Decoded | null {
  try {
    const { kid, alg = '' } = decodeProtectedHeader(jwt);
    return { payload: decodeJwt(jwt), kid, alg };
  } catch {
    return null;
  }
}

/** Reported in the wild: without `kid` only a client's single key is found. */
function keyOf({ keys }: ServiceApp, kid: string | undefined): JWK | null {
  if (kid === undefined) return keys.length === 1 ? (keys[0] ?? null) : null;
  return keys.find((key) => key.kid === kid) ?? null;
}

async function isSigned(jwt: string, key: JWK, alg: string): Promise<boolean> {
  try {
    await compactVerify(jwt, await importJWK(key, alg));
    return true;
  } catch {
    return false;
  }
}

function faultOf({ aud, exp, iat }: JWTPayload, endpoint: string, nowMs: number): string | null {
  if (![aud].flat().includes(endpoint)) {
    return 'The audience claim for client_assertion must be the endpoint invoked for the request.';
  }
  if (exp === undefined) return 'The client_assertion token must contain an expiration.';
  if (exp * 1000 <= nowMs) return 'The client_assertion token is expired.';
  if (exp * 1000 > nowMs + HOUR) {
    return 'The client_assertion token has an expiration too far into the future.';
  }
  // Seconds are cut: a token of this very second may seem to be a second ahead of rounded clocks.
  return iat !== undefined && iat * 1000 > nowMs + 1000
    ? 'The client_assertion token was issued in the future.'
    : null;
}

/** Okta asks for no `jti`; but one that is there is good for once. */
function useOnce({ usedIds }: OAuth, { sub, jti, exp = 0 }: JWTPayload, nowMs: number): boolean {
  return jti === undefined || usedIds.use(`${sub} ${jti}`, exp * 1000, nowMs);
}

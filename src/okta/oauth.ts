import { createHash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { OAuthConfig, OrgConfig } from '../config/config.ts';
import type { Limiter } from '../limiter/limiter.ts';
import { HOUR, MINUTE, SECOND } from '../time.ts';
import type { Authorization } from './authorization.ts';
import type { Exchange, Exchanger } from './exchange.ts';
import { toOktaError } from './reply.ts';
import { type AccessToken, type Asked, createSharedToken } from './shared-token.ts';
import { readSigningKey, type SigningKey } from './signing-key.ts';

const PATH = 'oauth2/v1/token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_LIFE_MS = 5 * MINUTE;
/** Okta takes no assertion that ends later than so. */
const LONGEST_ASSERTION_LIFE_MS = HOUR;
const DPOP_ALG = 'ES256';

const TokenAnswer = Compile(
  Type.Object({
    access_token: Type.String({ minLength: 1 }),
    token_type: Type.Enum(['Bearer', 'DPoP']),
    expires_in: Type.Number({ minimum: 1 }),
  }),
);
const OAuthErrorBody = Compile(Type.Object({ error: Type.String({ pattern: '^[a-z_]{1,36}$' }) }));
/** RFC 6749, 5.2. Longer words could quote the assertion. */
const OAuthErrorWords = Compile(
  Type.Object({ error_description: Type.String({ pattern: '^[ !#-[\\]-~]{1,200}$' }) }),
);

interface Fleet {
  redis: Redis;
  prefix: string;
  limiter: Limiter;
  exchange: Exchanger;
}

/**
 * A service app of Okta's, by private_key_jwt and with DPoP if the app demands it; the token is the fleet's, see
 * `SharedToken`. Okta, Implement OAuth for Okta with a service app; Configure OAuth 2.0 DPoP.
 */
export function oauthAuthorization(
  { name, baseUrl }: OrgConfig,
  oauth: OAuthConfig,
  { redis, prefix, limiter, exchange }: Fleet,
): Authorization {
  const signing = readSigningKey(oauth.privateKey) ?? bug(name);
  const url = `${baseUrl}/${PATH}`;

  async function request(dpop: AccessToken['dpop'], signal?: AbortSignal): Promise<Exchange> {
    const turn = await limiter.take({ org: name, bucket: 'token' }, { lane: 'ahead', signal });
    return exchange(
      turn,
      async () => ({
        method: 'POST',
        path: PATH,
        headers: dpop
          ? { dpop: await proofOf(dpop.key, 'POST', url, dpop.nonce ? { nonce: dpop.nonce } : {}) }
          : {},
        form: {
          grant_type: 'client_credentials',
          scope: oauth.scopes.join(' '),
          client_assertion_type: ASSERTION_TYPE,
          client_assertion: await assertionOf(oauth, signing, url),
        },
      }),
      signal,
    );
  }

  async function ask(last: AccessToken | null, signal?: AbortSignal): Promise<Asked> {
    const dpop = oauth.dpop ? { key: await newKey(), nonce: last?.dpop?.nonce ?? null } : null;
    let exchanged = await request(dpop, signal);
    const nonce = nonceIn(exchanged);
    if (dpop && nonce) {
      dpop.nonce = nonce;
      if (exchanged.kind === 'answered' && errorIn(exchanged) === 'use_dpop_nonce')
        exchanged = await request(dpop, signal);
    }
    if (exchanged.kind !== 'answered') return exchanged;
    const { status, headers, body } = exchanged;
    if (TokenAnswer.Check(body)) {
      const { access_token: value, token_type: type, expires_in: lifeSeconds } = body;
      return {
        kind: 'ok',
        token: { value, dpop: type === 'DPoP' ? dpop : null },
        lifeMs: lifeSeconds * SECOND,
      };
    }
    const error = toOktaError(status, headers, body);
    const code = errorIn(exchanged);
    if (!code) return { kind: 'unreachable', error };
    const told = { ...error, code, text: ['no access token', ...wordsIn(exchanged)].join(': ') };
    if (status >= 500) return { kind: 'unreachable', error: told };
    return { kind: 'misconfigured', cause: 'credentials', error: told };
  }

  const shared = createSharedToken({
    redis,
    place: `${prefix}:token:${name}`,
    encryptionKey: Buffer.from(oauth.encryptionKey, 'base64'),
    ask,
  });
  return {
    async obtain(signal) {
      const got = await shared.get(signal);
      if (got.kind !== 'ok') return got;
      const { token } = got;
      return {
        kind: 'ok',
        credential: {
          headersFor: (method, target) => headersOf(token, method, target),
          refused: (why) => shared.discard(token, why),
        },
      };
    },
  };
}

async function headersOf(
  { value, dpop }: AccessToken,
  method: string,
  url: string,
): Promise<Record<string, string>> {
  if (!dpop) return { authorization: `Bearer ${value}` };
  const ath = createHash('sha256').update(value).digest('base64url');
  return { authorization: `DPoP ${value}`, dpop: await proofOf(dpop.key, method, url, { ath }) };
}

/**
 * `iat` is as early as a life that Okta takes allows: of a clock that is fast it lies in the future only where `exp` is
 * refused, too. Okta, the same guide.
 */
async function assertionOf(
  { clientId, keyId }: OAuthConfig,
  { key, alg, kid }: SigningKey,
  url: string,
): Promise<string> {
  const known = keyId ?? kid;
  const endsAt = Math.floor((Date.now() + ASSERTION_LIFE_MS) / SECOND);
  return new SignJWT()
    .setProtectedHeader({ alg, ...(known && { kid: known }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(url)
    .setJti(randomUUID())
    .setIssuedAt(endsAt - LONGEST_ASSERTION_LIFE_MS / SECOND)
    .setExpirationTime(endsAt)
    .sign(key);
}

/** RFC 9449, 4.2. */
async function proofOf(
  key: JWK,
  htm: string,
  url: string,
  claims: { nonce?: string; ath?: string },
): Promise<string> {
  const { d: _, ...jwk } = key;
  const { origin, pathname } = new URL(url);
  return new SignJWT({ htm, htu: origin + pathname, ...claims })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: DPOP_ALG, jwk })
    .setJti(randomUUID())
    .setIssuedAt()
    .sign(await importJWK(key, DPOP_ALG));
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(DPOP_ALG, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) };
}

const nonceIn = (exchanged: Exchange) =>
  exchanged.kind === 'answered' ? [exchanged.headers['dpop-nonce'] ?? []].flat()[0] : undefined;

const errorIn = ({ body }: Extract<Exchange, { kind: 'answered' }>) =>
  OAuthErrorBody.Check(body) ? body.error : undefined;

const wordsIn = ({ body }: Extract<Exchange, { kind: 'answered' }>) =>
  OAuthErrorWords.Check(body) ? [body.error_description] : [];

function bug(org: string): never {
  throw new Error(`Bug: the private key of ${org} cannot be read`);
}

import type { IncomingMessage } from 'node:http';
import { checkProof } from './dpop-proof.ts';
import { type ErrorAnswer, invalidSession, invalidToken, noPermission } from './errors.ts';
import type { OAuth } from './oauth.ts';
import { requiredScopes } from './required-scopes.ts';
import type { State } from './state.ts';
import { TOKEN_PATH } from './token-endpoint.ts';

/** What a call comes with. */
export type Credential =
  | { readonly kind: 'api-token' }
  /** Outside of the API; at the token endpoint the body tells who calls. */
  | { readonly kind: 'none-needed' }
  | { readonly kind: 'client'; readonly clientId: string; readonly refusal: ErrorAnswer | null }
  | { readonly kind: 'bad'; readonly refusal: ErrorAnswer };

/** Reads the Authorization header: SSWS, Bearer or DPoP. Okta, API authentication methods. */
export async function readCredential(state: State, request: IncomingMessage, url: URL): Promise<Credential> {
  if (!url.pathname.startsWith('/api/')) return { kind: 'none-needed' };
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme === '') return { kind: 'bad', refusal: invalidSession };
  if (state.switches.revoked) return { kind: 'bad', refusal: invalidToken };
  switch (scheme) {
    case 'SSWS':
      return token === state.options.token ? { kind: 'api-token' } : { kind: 'bad', refusal: invalidToken };
    case 'Bearer':
    case 'DPoP':
      return checkAccess(state.oauth, request, url, scheme, token);
    default:
      return { kind: 'bad', refusal: invalidToken };
  }
}

/**
 * Whose share of the limits a call takes from; null is nobody's. At the token endpoint only the body tells who calls:
 * all service apps have one share of it.
 */
export function principalOf(credential: Credential, { pathname }: URL): string | null {
  switch (credential.kind) {
    case 'api-token':
      return 'api-token';
    case 'client':
      return `client ${credential.clientId}`;
    case 'none-needed':
      return pathname === TOKEN_PATH ? 'service apps' : null;
    case 'bad':
      return null;
  }
}

/** The URL as the caller wrote it, without a query: what audiences and proofs are about. */
export function targetOf(request: IncomingMessage, url: URL): string {
  return `${url.protocol}//${request.headers.host ?? url.host}${url.pathname}`;
}

async function checkAccess(
  oauth: OAuth,
  request: IncomingMessage,
  url: URL,
  scheme: 'Bearer' | 'DPoP',
  token: string,
): Promise<Credential> {
  const nowMs = Date.now();
  const grant = oauth.tokens.find(token, nowMs);
  if (grant === null) return refused(invalidToken, scheme, 'invalid_token', 'The access token is invalid.');
  const method = request.method ?? 'GET';
  // A bound token is good only with proof of its key, a bearer token only as such. RFC 9449, section 7.
  if ((grant.keyThumbprint !== null) !== (scheme === 'DPoP')) {
    return refused(invalidToken, 'DPoP', 'invalid_token', 'The token is not of this type.');
  }
  if (grant.keyThumbprint !== null) {
    const subject = { method, target: targetOf(request, url), token };
    const proof = await checkProof(oauth, String(request.headers.dpop ?? ''), subject, nowMs);
    if (proof.kind === 'oauth-error') return refused(invalidToken, 'DPoP', proof.error, proof.description);
    if (proof.thumbprint !== grant.keyThumbprint) {
      return refused(invalidToken, 'DPoP', 'invalid_dpop_proof', 'The proof is not of the key of the token.');
    }
  }
  const wanted = requiredScopes(method, url.pathname);
  const isAllowed = wanted.length === 0 || wanted.some((scope) => grant.scopes.includes(scope));
  const text = 'The access token provided does not contain the required scopes.';
  const refusal = isAllowed ? null : challenge(noPermission, scheme, 'insufficient_scope', text, wanted[0]);
  return { kind: 'client', clientId: grant.clientId, refusal };
}

function refused(answer: ErrorAnswer, scheme: string, error: string, text: string): Credential {
  return { kind: 'bad', refusal: challenge(answer, scheme, error, text) };
}

/** Okta, OAuth 2.0 for Okta APIs: WWW-Authenticate. */
function challenge(
  answer: ErrorAnswer,
  scheme: string,
  error: string,
  text: string,
  scope?: string,
): ErrorAnswer {
  const parts = [
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
    `error="${error}"`,
    `error_description="${text}"`,
  ];
  return { ...answer, challenge: `${scheme} ${parts.join(', ')}` };
}

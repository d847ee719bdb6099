import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, object } from './answer.ts';
import { checkAssertion } from './client-assertion.ts';
import { checkProof } from './dpop-proof.ts';
import type { OAuth } from './oauth.ts';
import { badAssertion, badProof, type OAuthError, oauthError } from './oauth-errors.ts';
import type { Org } from './org.ts';
import type { ServiceApp } from './service-app.ts';
import { toClientParty } from './to-caller.ts';

export const TOKEN_PATH = '/oauth2/v1/token';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** What arrives at the token endpoint. */
export interface TokenRequest {
  /** The URL as the caller wrote it: the audience of assertions. */
  readonly endpoint: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** POST /oauth2/v1/token: of a service app, with a signed assertion. Okta, OAuth 2.0 API: token. */
export async function answerToken(org: Org, oauth: OAuth, request: TokenRequest): Promise<Answer> {
  const nowMs = Date.now();
  const form = new URLSearchParams(request.text);
  const client = await authenticate(oauth, form, request.endpoint, nowMs);
  if (client.kind === 'oauth-error') return client;
  const binding = await bind(oauth, client.client, request, nowMs);
  if (binding.kind === 'oauth-error') return binding;
  const scopes = (form.get('scope') ?? '').split(' ').filter(Boolean);
  const refusal = refuseScopes(client.client, scopes);
  if (refusal !== null) return refusal;

  const { clientId } = client.client;
  const { keyThumbprint } = binding;
  const accessToken = oauth.tokens.issue({ clientId, scopes, keyThumbprint }, nowMs);
  const party = toClientParty(clientId);
  const type = 'app.oauth2.token.grant.access_token';
  org.log.publish({ type, actor: party, targets: [{ ...party, type: 'access_token' }] });
  return object({
    token_type: keyThumbprint === null ? 'Bearer' : 'DPoP',
    expires_in: Math.ceil(oauth.tokens.lifeMs / 1000),
    access_token: accessToken,
    scope: scopes.join(' '),
  });
}

async function authenticate(oauth: OAuth, form: URLSearchParams, endpoint: string, nowMs: number) {
  if (form.get('grant_type') !== 'client_credentials') {
    return oauthError(
      400,
      'unsupported_grant_type',
      'The authorization grant type is not supported by the authorization server.',
    );
  }
  if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
    return badAssertion('The client_assertion_type is invalid.');
  }
  return checkAssertion(oauth, form.get('client_assertion') ?? '', endpoint, nowMs);
}

type Binding = { readonly kind: 'binding'; readonly keyThumbprint: string | null } | OAuthError;

/** Who may do without a proof, but sends one, gets a bound token too. */
async function bind(
  oauth: OAuth,
  client: ServiceApp,
  request: TokenRequest,
  nowMs: number,
): Promise<Binding> {
  const { dpop } = request.headers;
  if (typeof dpop !== 'string') {
    return client.dpop
      ? badProof('The DPoP proof JWT header is missing.')
      : { kind: 'binding', keyThumbprint: null };
  }
  const subject = { method: 'POST', target: request.endpoint, token: null };
  const proof = await checkProof(oauth, dpop, subject, nowMs);
  return proof.kind === 'proof' ? { kind: 'binding', keyThumbprint: proof.thumbprint } : proof;
}

/** INFERRED: one scope that is not granted spoils the rest. */
function refuseScopes(client: ServiceApp, scopes: readonly string[]): OAuthError | null {
  if (scopes.length === 0) {
    return oauthError(
      400,
      'invalid_scope',
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    );
  }
  const isGranted = scopes.every((scope) => client.scopes.includes(scope));
  return isGranted
    ? null
    : oauthError(400, 'invalid_scope', 'You are not allowed any of the requested scopes.');
}

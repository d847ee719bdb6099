import { STATUS_CODES } from 'node:http';

/** How the authorization server refuses; its errors have another shape than the API's. Okta, OAuth 2.0 API. */
export interface OAuthError {
  readonly kind: 'oauth-error';
  readonly status: number;
  readonly error: string;
  readonly description: string;
  /** For the `dpop-nonce` header. */
  readonly nonce?: string;
}

export function oauthError(status: number, error: string, description: string): OAuthError {
  return { kind: 'oauth-error', status, error, description };
}

/** Reported in the wild: the words about the kid and about an expiration too far off; all others are INFERRED. */
export function badAssertion(description: string): OAuthError {
  return oauthError(401, 'invalid_client', description);
}

export function badProof(description: string): OAuthError {
  return oauthError(400, 'invalid_dpop_proof', description);
}

const FAILURES: Readonly<Record<number, string>> = { 401: 'invalid_client', 503: 'temporarily_unavailable' };

/** The error for a status that a test asked for; which codes these have is INFERRED from RFC 6749. */
export function oauthFailureOf(status: number): OAuthError {
  const error = FAILURES[status] ?? (status < 500 ? 'invalid_request' : 'server_error');
  return oauthError(status, error, STATUS_CODES[status] ?? 'Unknown');
}

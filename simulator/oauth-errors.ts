/** How the authorization server refuses; its errors have another shape than the API's. Okta, OAuth 2.0 API. */
export interface OAuthError {
  readonly kind: 'oauth-error';
  readonly status: 400 | 401;
  readonly error: string;
  readonly description: string;
  /** For the `dpop-nonce` header. */
  readonly nonce?: string;
}

export function oauthError(status: 400 | 401, error: string, description: string): OAuthError {
  return { kind: 'oauth-error', status, error, description };
}

/** Reported in the wild: the words about the kid and about an expiration too far off; all others are INFERRED. */
export function badAssertion(description: string): OAuthError {
  return oauthError(401, 'invalid_client', description);
}

export function badProof(description: string): OAuthError {
  return oauthError(400, 'invalid_dpop_proof', description);
}

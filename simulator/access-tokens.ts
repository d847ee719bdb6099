import { randomBytes } from 'node:crypto';

const RANDOM_BYTES = 96;

/** What a token allows, and to whom. */
export interface Grant {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The thumbprint of the key that it is bound to; null is a bearer token. */
  readonly keyThumbprint: string | null;
  readonly endsMs: number;
}

export interface AccessTokens {
  readonly lifeMs: number;
  issue(grant: Omit<Grant, 'endsMs'>, nowMs: number): string;
  /** Null: unknown or expired. */
  find(token: string, nowMs: number): Grant | null;
}

export function createAccessTokens(lifeMs: number): AccessTokens {
  const grants = new Map<string, Grant>();
  return {
    lifeMs,
    issue(grant, nowMs) {
      for (const [token, { endsMs }] of grants) if (endsMs <= nowMs) grants.delete(token);
      const token = randomBytes(RANDOM_BYTES).toString('base64url');
      grants.set(token, { ...grant, endsMs: nowMs + lifeMs });
      return token;
    },
    find(token, nowMs) {
      const grant = grants.get(token);
      return grant !== undefined && grant.endsMs > nowMs ? grant : null;
    },
  };
}

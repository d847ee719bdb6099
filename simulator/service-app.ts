import type { JWK } from 'jose';
import { isRecord, unknownKeys } from './json.ts';

/** An API service app: what may ask for tokens. Okta, guide: OAuth for a service app. */
export interface ServiceApp {
  readonly clientId: string;
  readonly keys: readonly JWK[];
  /** The scopes granted to it. */
  readonly scopes: readonly string[];
  /** Whether it has to prove possession of a key; on for apps made in Okta's console. */
  readonly dpop: boolean;
}

export type ParsedServiceApp =
  | { readonly kind: 'app'; readonly app: ServiceApp }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

/** Reads `{clientId, jwks, scopes, dpop}`; a faulty one gets all its faults named. */
export function parseServiceApp(body: unknown): ParsedServiceApp {
  if (!isRecord(body)) return { kind: 'faulty', faults: ['body: wanted a JSON object'] };
  const { clientId, jwks, scopes, dpop = false } = body;
  const keys = isRecord(jwks) ? jwks.keys : undefined;
  const faults = [
    ...unknownKeys(body, ['clientId', 'jwks', 'scopes', 'dpop']).map((key) => `${key}: unknown`),
    ...(typeof clientId === 'string' && clientId !== '' ? [] : ['clientId: wanted a text']),
    ...(Array.isArray(keys) && keys.every(isPublicKey) ? [] : ['jwks: wanted {"keys": [public keys]}']),
    ...(isTextList(scopes) ? [] : ['scopes: wanted a list of texts']),
    ...(typeof dpop === 'boolean' ? [] : ['dpop: wanted true or false']),
  ];
  if (faults.length > 0) return { kind: 'faulty', faults };
  return { kind: 'app', app: { clientId, keys, scopes, dpop } as ServiceApp };
}

function isPublicKey(key: unknown): boolean {
  return isRecord(key) && typeof key.kty === 'string' && !('d' in key);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

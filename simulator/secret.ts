import { createHash, randomBytes } from 'node:crypto';
import type { Ids } from './ids.ts';

/** A client secret of an app; Okta shows it in clear for as long as it is there. */
export interface Secret {
  readonly id: string;
  readonly value: string;
  status: 'ACTIVE' | 'INACTIVE';
  readonly createdMs: number;
  lastUpdatedMs: number;
}

const RANDOM_BYTES = 48;
const HASH_BYTES = 16;

/** One of its own choice, or one of 64 random characters. Okta, Apps API: client_secret. */
export function newSecret(ids: Ids, value = randomBytes(RANDOM_BYTES).toString('base64url')): Secret {
  const now = Date.now();
  return { id: ids.next('ocs'), value, status: 'ACTIVE', createdMs: now, lastUpdatedMs: now };
}

/** Recorded: 22 characters; of what, Okta does not tell. */
export function hashOf({ value }: Secret): string {
  return createHash('sha256').update(value).digest().subarray(0, HASH_BYTES).toString('base64url');
}

import { createHash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  EmbeddedJWK,
  type JWTPayload,
} from 'jose';
import type { OAuth } from './oauth.ts';
import { badProof, type OAuthError } from './oauth-errors.ts';

const MINUTE = 60_000;
/** RFC 9449, section 11.1: a proof is good for a short time only; how short at Okta is not told. */
const PROOF_LIFE_MS = 5 * MINUTE;

export type CheckedProof = { readonly kind: 'proof'; readonly thumbprint: string } | OAuthError;

/** What a proof has to be about. */
export interface ProofSubject {
  readonly method: string;
  /** Without a query. */
  readonly target: string;
  /** The token that it goes with; null at the token endpoint, where a nonce is asked for instead. */
  readonly token: string | null;
}

/** Whose key signed the proof of possession. Okta, guide to DPoP; RFC 9449. */
export async function checkProof(
  oauth: OAuth,
  proof: string,
  subject: ProofSubject,
  nowMs: number,
): Promise<CheckedProof> {
  const decoded = await decode(proof);
  if (decoded === null) return badProof('The DPoP proof JWT is invalid.');
  const { payload, thumbprint } = decoded;
  const fault = faultOf(payload, subject, nowMs);
  if (fault !== null) return badProof(fault);
  if (subject.token === null && !oauth.nonces.isGood(payload.nonce, nowMs)) return nonceWanted(oauth, nowMs);
  const isNew = oauth.usedIds.use(`${thumbprint} ${payload.jti}`, nowMs + 2 * PROOF_LIFE_MS, nowMs);
  return isNew ? { kind: 'proof', thumbprint } : badProof('The DPoP proof JWT was already used.');
}

/** Recorded. */
function nonceWanted({ nonces }: OAuth, nowMs: number): OAuthError {
  return {
    kind: 'oauth-error',
    status: 400,
    error: 'use_dpop_nonce',
    description: 'Authorization server requires nonce in DPoP proof.',
    nonce: nonces.current(nowMs),
  };
}

interface Decoded {
  readonly payload: JWTPayload;
  readonly thumbprint: string;
}

/** EmbeddedJWK takes no private key. */
async function decode(proof: string): Promise<Decoded | null> {
  try {
    const { typ, jwk } = decodeProtectedHeader(proof);
    if (typ !== 'dpop+jwt' || jwk === undefined) return null;
    await compactVerify(proof, EmbeddedJWK);
    return { payload: decodeJwt(proof), thumbprint: await calculateJwkThumbprint(jwk) };
  } catch {
    return null;
  }
}

function faultOf(payload: JWTPayload, { method, target, token }: ProofSubject, nowMs: number): string | null {
  const { htm, htu, iat, jti, ath } = payload;
  if (htm !== method) return "The 'htm' claim of the DPoP proof JWT is not the method of the request.";
  if (htu !== target) return "The 'htu' claim of the DPoP proof JWT is not the URL of the request.";
  if (iat === undefined || Math.abs(iat * 1000 - nowMs) > PROOF_LIFE_MS) {
    return "The 'iat' claim of the DPoP proof JWT is too far from now.";
  }
  if (jti === undefined) return "The 'jti' claim of the DPoP proof JWT is missing.";
  return token !== null && ath !== hashOf(token)
    ? "The 'ath' claim of the DPoP proof JWT is not the hash of the access token."
    : null;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

import { randomBytes } from 'node:crypto';

/** How many nonces are good at a time: one lives a day, and is good for three. Okta, guide to DPoP. */
const GOOD_ONES = 3;

/** What proofs of possession have to carry at the token endpoint. */
export interface Nonces {
  current(nowMs: number): string;
  isGood(nonce: unknown, nowMs: number): boolean;
}

export function createNonces(lifeMs: number): Nonces {
  let known: { readonly value: string; readonly sinceMs: number }[] = [];
  const renew = (nowMs: number) => {
    known = known.filter(({ sinceMs }) => nowMs < sinceMs + GOOD_ONES * lifeMs);
    const newest = known.at(-1);
    if (newest !== undefined && nowMs < newest.sinceMs + lifeMs) return newest;
    const next = { value: randomBytes(24).toString('base64url'), sinceMs: nowMs };
    known.push(next);
    return next;
  };
  return {
    current: (nowMs) => renew(nowMs).value,
    isGood(nonce, nowMs) {
      renew(nowMs);
      return known.some(({ value }) => value === nonce);
    },
  };
}

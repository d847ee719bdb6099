import type { OktaError } from '../domain/outcome.ts';

/** Okta's answer to one call, or what is known when none came. */
export type Reply<T> =
  | { kind: 'ok'; body: T }
  /** 429. `closing` is true for the answer that shut the bucket for the fleet. */
  | { kind: 'throttled'; error: OktaError; waitMs: number; closing: boolean }
  /** 401, or 403 for want of a right: about our credentials, not about the subject. */
  | { kind: 'misconfigured'; error: OktaError }
  /** Any other 4xx: about the subject. */
  | { kind: 'refused'; error: OktaError }
  /** 5xx, no answer, or an answer that is not Okta's: the call may have had its effect. */
  | { kind: 'unreachable'; error: OktaError };

/** Codes of a 403 that speak of the caller: bad session, no permission (Okta, Error codes). */
const CALLER_AT_FAULT = new Set(['E0000005', 'E0000006']);
/** 4xx that pass: request timeout, conflict with a job of Okta's own, locked. */
const PASSING = new Set([408, 423]);
const PASSING_CODES = new Set(['E0000112', 'E0000249', 'E0000253']);

/** The kind of an error answer other than 429. */
export function errorKind({ status, code }: OktaError): 'misconfigured' | 'refused' | 'unreachable' {
  if (code === '') return 'unreachable'; // a proxy's page
  if (status === 401 || CALLER_AT_FAULT.has(code)) return 'misconfigured';
  if (status >= 400 && status < 500 && !PASSING.has(status) && !PASSING_CODES.has(code)) return 'refused';
  return 'unreachable';
}

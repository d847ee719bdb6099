import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Misconfiguration } from '../domain/hold.ts';
import type { OktaError } from '../domain/outcome.ts';

/** Okta's answer to one call, or what is known when none came. */
export type Reply<T> =
  | { kind: 'ok'; body: T }
  /**
   * 429, or not sent at all since another turn for it came too late. `closing`: this answer shut the bucket for the fleet.
   * `crowded`: it was for too many calls at once.
   */
  | { kind: 'throttled'; error: OktaError; waitMs: number; closing: boolean; crowded: boolean }
  /** 401, or 403 for want of a right: about our credentials, not about the subject. */
  | { kind: 'misconfigured'; cause: Misconfiguration; error: OktaError }
  /** Any other 4xx: about the subject. */
  | { kind: 'refused'; error: OktaError }
  /**
   * 5xx, no answer, or an answer that is not Okta's: the call may have had its effect, unless it was `unsent` for want
   * of a connection or an access token.
   */
  | { kind: 'unreachable'; error: OktaError; unsent?: boolean };

/** 4xx that pass: request timeout, locked; conflicts with a job of Okta's own (Okta, Error codes). */
const PASSING = new Set([408, 423]);
const PASSING_CODES = new Set(['E0000112', 'E0000249', 'E0000253']);

type ErrorReply = Extract<Reply<never>, { kind: 'misconfigured' | 'refused' | 'unreachable' }>;

/** What an error answer other than 429 means. */
export function errorReply(error: OktaError): ErrorReply {
  const { status, code } = error;
  if (code === '') return { kind: 'unreachable', error }; // a proxy's page
  if (status === 401 || code === 'E0000005') return { kind: 'misconfigured', cause: 'credentials', error };
  if (code === 'E0000006') return { kind: 'misconfigured', cause: 'rights', error };
  const passing = PASSING.has(status) || PASSING_CODES.has(code);
  return { kind: status >= 400 && status < 500 && !passing ? 'refused' : 'unreachable', error };
}

/** What our tables hold of an id. */
const PLAIN = /^[\x21-\x7e]{1,64}$/;
const OktaErrorBody = Compile(
  Type.Object({
    errorCode: Type.String({ pattern: '^E[0-9]{7}$' }),
    errorSummary: Type.String(),
    errorCauses: Type.Optional(Type.Array(Type.Object({ errorSummary: Type.String() }))),
  }),
);

/** What an error answer says; its code is empty when it is not Okta's, such as a proxy's page. */
export function toOktaError(status: number, headers: IncomingHttpHeaders, body: unknown): OktaError {
  const requestId = [headers['x-okta-request-id'] ?? []].flat().find((id) => PLAIN.test(id)) ?? null;
  if (!OktaErrorBody.Check(body)) return { status, code: '', text: 'not an answer of Okta', requestId };
  const causes = (body.errorCauses ?? []).map((cause) => cause.errorSummary);
  return { status, code: body.errorCode, text: [body.errorSummary, ...causes].join('; '), requestId };
}

import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorAnswer } from './errors.ts';
import type { OAuthError } from './oauth-errors.ts';
import type { Org } from './org.ts';

/** What a handler reads of a call; `params` are the decoded variable parts of its path, in order. */
export interface Call {
  readonly url: URL;
  readonly params: readonly string[];
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Tells of what is asked for and has no effect here: `?parameter` or `#property` of the body. */
  readonly ignore: (what: string) => void;
}

/** What a handler answers; how it looks on the wire is the sender's business. */
export type Answer =
  | { readonly kind: 'object'; readonly body: unknown; readonly etag?: string; readonly status?: 201 | 202 }
  | { readonly kind: 'page'; readonly items: readonly unknown[]; readonly after: string | null }
  | { readonly kind: 'empty' }
  | ErrorAnswer
  | OAuthError;

export type Handler = (org: Org, call: Call) => Answer;

export function object(body: unknown): Answer {
  return { kind: 'object', body };
}

/** What Okta answers with 201 instead of 200; few calls do. */
export function created(body: unknown): Answer {
  return { kind: 'object', body, status: 201 };
}

/** What Okta takes on and does later. */
export function accepted(body: unknown): Answer {
  return { kind: 'object', body, status: 202 };
}

export const empty: Answer = { kind: 'empty' };

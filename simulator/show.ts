import type { Body } from './body.ts';
import type { Exchange, Request, Unanswered } from './observer.ts';
import { statusOf, type Worded } from './send.ts';
import type { State } from './state.ts';

/** What arrived, as far as observers are told of it. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly contentType: string | null;
  readonly body: Body;
}

/** Shows a call to the observer, answered or not, when its complaints are read; one that throws has something to complain of too. */
export function show({ options: { observe }, complaints }: State, seen: Seen, worded: Worded | null): void {
  if (observe === null) return;
  const call = toCall(seen, worded);
  complaints.later(() => {
    try {
      return observe(call());
    } catch (error) {
      return [`the observer failed: ${String(error)}`];
    }
  });
}

/** Nothing but the text is kept of an answer until then. */
function toCall(
  { method, url, contentType, body }: Seen,
  worded: Worded | null,
): () => Exchange | Unanswered {
  const { pathname: path, searchParams: query } = url;
  const request: Request = { method, path, query, contentType, body: sentOf(body) };
  if (worded === null) return () => ({ ...request, status: null });
  const status = statusOf(worded.answer);
  const { text } = worded;
  return () => ({ ...request, status, answer: text === null ? undefined : JSON.parse(text) });
}

function sentOf(body: Body): unknown {
  switch (body.kind) {
    case 'json':
      return body.value;
    case 'bad':
      return body.text;
    case 'aborted':
      return undefined;
  }
}

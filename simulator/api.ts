import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { type Arrival, isShutting, receive } from './arrival.ts';
import { type Body, readBody } from './body.ts';
import { sayBug } from './bug.ts';
import { readCredential } from './credential.ts';
import type { Delays } from './delays.ts';
import * as errors from './errors.ts';
import type { Fault } from './faults.ts';
import { oauthFailureOf } from './oauth-errors.ts';
import { matchRoute } from './routes.ts';
import { send, sendHtml, statusOf, type Worded, word } from './send.ts';
import { show } from './show.ts';
import type { State } from './state.ts';
import { answerToken, TOKEN_PATH } from './token-endpoint.ts';
import { watchQuery } from './watch-query.ts';

/** What the caller gets; `worded` is Okta's own answer, null when a fault came before it. */
type Outcome =
  | { readonly kind: 'answer' | 'truncated'; readonly worded: Worded }
  | { readonly kind: 'html'; readonly worded: Worded | null; readonly status: number }
  | { readonly kind: 'reset'; readonly worded: Worded | null };

/** A call counts and takes effect when it arrives; only its answer waits for the latency. */
export async function handleApi(
  state: State,
  delays: Delays,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const arrival = receive(state, request, await readCredential(state, request, url), url);
  const leave = () => arrival.isIn && state.gate.leave(arrival.principal);
  const body = await readBody(request);
  if (body.kind === 'aborted') {
    leave();
    return state.counters.countOutcome('aborted');
  }
  const outcome = await settle(state, arrival, body);
  count(state, arrival, outcome);
  const elapsedMs = performance.now() - arrival.atMs;
  const answer = () => {
    leave();
    deliver(state, arrival, outcome, response);
  };
  delays.later(latencyOf(state, arrival) - elapsedMs, () =>
    arrival.fault?.kind === 'hold' ? state.faults.hold(arrival.fault, answer) : answer(),
  );
  // Whatever becomes of the answer; and no answer waits for it.
  const contentType = request.headers['content-type'] ?? null;
  show(state, { method: arrival.method, url, contentType, body }, outcome.worded);
}

async function settle(state: State, arrival: Arrival, body: Body): Promise<Outcome> {
  const { fault } = arrival;
  if (fault === null) return { kind: 'answer', worded: await answerOf(state, arrival, body) };
  if ('when' in fault && fault.when === 'before') return lostTo(fault, null);
  const worded = await answerOf(state, arrival, body);
  switch (fault.kind) {
    case 'reset':
    case 'html':
      return lostTo(fault, worded);
    case 'truncated':
      return { kind: 'truncated', worded };
    case 'status':
    case 'latency':
    case 'hold':
    case 'date':
    case 'duplicate-reset':
      return { kind: 'answer', worded };
  }
}

function lostTo(fault: Extract<Fault, { when: unknown }>, worded: Worded | null): Outcome {
  return fault.kind === 'reset' ? { kind: 'reset', worded } : { kind: 'html', worded, status: fault.status };
}

/** A bug here is answered as Okta answers its own. */
async function answerOf(state: State, arrival: Arrival, body: Body): Promise<Worded> {
  const { ids } = state.org;
  try {
    return word(await decide(state, arrival, body), ids);
  } catch (error) {
    sayBug(error);
    return word(errors.internalError, ids);
  }
}

type Decision = Answer | Promise<Answer>;

function decide(state: State, arrival: Arrival, body: Body): Decision {
  const { refusal, fault, method, url, headers, caller } = arrival;
  if (refusal !== null) return refusal;
  if (isShutting(fault)) return errors.rateLimited;
  if (fault?.kind === 'status') {
    return url.pathname === TOKEN_PATH ? oauthFailureOf(fault.status) : errors.failureOf(fault.status);
  }
  if (lacksLength(method, headers)) return errors.lengthRequired;
  if (url.pathname === TOKEN_PATH) return decideToken(state, arrival, body);
  const match = matchRoute(method, url.pathname);
  if (match.kind !== 'handler') {
    state.unsupported.notePath(method, url.pathname);
    return match.kind === 'no-such-path' ? errors.pathNotFound : errors.methodNotSupported;
  }
  if (body.kind !== 'json') return errors.notWellFormed;
  const watched = watchQuery(url);
  const ignored: string[] = [];
  const ignore = (what: string) => void ignored.push(what);
  const call = { url: watched.url, params: match.params, body: body.value, headers, ignore };
  state.org.url = url.origin;
  const answer = state.org.log.actAs(caller, () => match.handler(state.org, call));
  if (answer.kind !== 'error') {
    const unread = watched.unread().map((name) => `?${name}`);
    state.unsupported.noteIgnored(method, match.route, [...unread, ...ignored]);
  }
  return answer;
}

function lacksLength(method: string, headers: IncomingHttpHeaders): boolean {
  const isSized = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return (method === 'POST' || method === 'PUT') && !isSized;
}

function decideToken({ org, oauth }: State, { method, target, headers }: Arrival, body: Body): Decision {
  if (method !== 'POST') return errors.methodNotSupported;
  return answerToken(org, oauth, {
    endpoint: target,
    headers,
    text: body.kind === 'bad' ? body.text : '',
  });
}

function count({ counters }: State, { bucket }: Arrival, outcome: Outcome): void {
  const name = nameOf(outcome);
  counters.countOutcome(name);
  if (name === '429' && bucket !== null) counters.countThrottled(bucket);
}

function nameOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return String(statusOf(outcome.worded.answer));
    case 'html':
    case 'truncated':
    case 'reset':
      return outcome.kind;
  }
}

function deliver(state: State, arrival: Arrival, outcome: Outcome, response: ServerResponse): void {
  const { standing, requestId, url, fault } = arrival;
  switch (outcome.kind) {
    case 'answer':
    case 'truncated':
      send(response, outcome.worded, standing, requestId, url, {
        extent: outcome.kind === 'answer' ? 'whole' : 'half',
        clockSkewMs: fault?.kind === 'date' ? fault.skewMs : state.options.clockSkewMs,
        resetTwice: fault?.kind === 'duplicate-reset',
      });
      break;
    case 'html':
      sendHtml(response, outcome.status);
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
  }
}

function latencyOf(state: State, { fault }: Arrival): number {
  return state.latency.nextMs() + (fault?.kind === 'latency' ? fault.ms : 0);
}

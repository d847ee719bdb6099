import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { type Body, readBody } from './body.ts';
import { type Bucket, bucketOf } from './buckets.ts';
import type { Delays } from './delays.ts';
import * as errors from './errors.ts';
import type { Fault } from './faults.ts';
import type { Verdict } from './rate-limits.ts';
import { matchRoute } from './routes.ts';
import { send, statusOf } from './send.ts';
import type { State } from './state.ts';

/** One call, and what was settled the moment it arrived. */
interface Arrival {
  readonly atMs: number;
  readonly bucket: Bucket;
  readonly method: string;
  readonly url: URL;
  readonly hasToken: boolean;
  readonly verdict: Verdict;
  readonly fault: Fault | null;
}

type Outcome = { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'reset' };

/** A call counts and takes effect when it arrives; only its answer waits for the latency. */
export async function handleApi(
  state: State,
  delays: Delays,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const arrival = receive(state, request, url);
  const body = await readBody(request);
  if (body.kind === 'aborted') return state.counters.countOutcome('aborted');
  const outcome = settle(state, arrival, body);
  count(state, arrival, outcome);
  const elapsedMs = performance.now() - arrival.atMs;
  delays.later(latencyOf(state, arrival) - elapsedMs, () => {
    if (outcome.kind === 'reset') request.socket.resetAndDestroy();
    else send(response, outcome.answer, arrival.verdict, state.org.ids, url);
  });
}

function receive(state: State, request: IncomingMessage, url: URL): Arrival {
  const atMs = performance.now();
  const moment = { monotonicMs: atMs, wallMs: Date.now() };
  const method = request.method ?? 'GET';
  const bucket = bucketOf(method, url.pathname);
  state.arrivals.add(bucket, atMs);
  state.counters.countCall(bucket);
  const hasToken = request.headers.authorization === `SSWS ${state.options.token}`;
  const taken = state.limits.take(bucket, hasToken, moment);
  // A fault is for a call that would have gone well: a refused one leaves it to the next.
  const fault = taken.kind === 'passed' && hasToken ? state.faults.fire(method, url.pathname) : null;
  const shuts = fault?.kind === 'status' && fault.status === 429;
  const verdict = shuts ? state.limits.shut(bucket, moment) : taken;
  return { atMs, bucket, method, url, hasToken, verdict, fault };
}

function settle(state: State, arrival: Arrival, body: Body): Outcome {
  const { fault } = arrival;
  if (fault?.kind === 'reset' && fault.when === 'before') return { kind: 'reset' };
  const answer = decide(state, arrival, body);
  return fault?.kind === 'reset' ? { kind: 'reset' } : { kind: 'answer', answer };
}

function decide(state: State, { verdict, hasToken, fault, method, url }: Arrival, body: Body): Answer {
  if (verdict.kind === 'throttled') return errors.rateLimited;
  if (!hasToken) return errors.invalidToken;
  if (fault?.kind === 'status') return errors.failureOf(fault.status);
  const match = matchRoute(method, url.pathname);
  if (match.kind === 'no-such-path') return errors.pathNotFound;
  if (match.kind === 'wrong-method') return errors.methodNotSupported;
  if (body.kind !== 'json') return errors.notWellFormed;
  return match.handler(state.org, { url, params: match.params, body: body.value });
}

function count({ counters }: State, { bucket }: Arrival, outcome: Outcome): void {
  const status = outcome.kind === 'reset' ? null : statusOf(outcome.answer);
  counters.countOutcome(String(status ?? 'reset'));
  if (status === 429) counters.countThrottled(bucket);
}

function latencyOf(state: State, { fault }: Arrival): number {
  return state.latency.nextMs() + (fault?.kind === 'latency' ? fault.ms : 0);
}

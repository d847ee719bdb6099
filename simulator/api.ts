import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { type Body, readBody } from './body.ts';
import { type Bucket, bucketOf } from './buckets.ts';
import type { Delays } from './delays.ts';
import {
  failureOf,
  invalidToken,
  methodNotSupported,
  notWellFormed,
  pathNotFound,
  rateLimited,
} from './errors.ts';
import type { Fault } from './faults.ts';
import type { Verdict } from './rate-limits.ts';
import { matchRoute } from './routes.ts';
import { send, statusOf } from './send.ts';
import type { State } from './state.ts';

/** One call between its arrival and its answer. */
interface Arrival {
  readonly atMs: number;
  readonly bucket: Bucket;
  readonly method: string;
  readonly url: URL;
  readonly hasToken: boolean;
}

/** Rate limit and effect are settled when a call arrives; only the answer waits for the latency. */
export async function handleApi(
  state: State,
  delays: Delays,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const arrival = receive(state, request, url);
  const passed = state.limits.take(arrival.bucket, arrival.hasToken, momentOf(arrival));
  const fault = passed.kind === 'passed' ? state.faults.fire(arrival.method, url.pathname) : null;
  const verdict = isShutting(fault) ? state.limits.shut(arrival.bucket, momentOf(arrival)) : passed;
  const body = await readBody(request);
  if (body.kind === 'aborted') return state.counters.countOutcome('aborted');

  const answer =
    fault?.kind === 'reset' && fault.when === 'before' ? null : decide(state, arrival, verdict, fault, body);
  const outcome = fault?.kind === 'reset' || answer === null ? 'reset' : String(statusOf(answer));
  state.counters.countOutcome(outcome);
  if (answer?.kind === 'error' && answer.error.status === 429) state.counters.countThrottled(arrival.bucket);

  const latencyMs = state.latency.nextMs() + (fault?.kind === 'latency' ? fault.ms : 0);
  delays.later(latencyMs - (performance.now() - arrival.atMs), () => {
    if (answer === null || outcome === 'reset') request.socket.resetAndDestroy();
    else send(response, answer, verdict, state.org.ids, url);
  });
}

function receive(state: State, request: IncomingMessage, url: URL): Arrival {
  const atMs = performance.now();
  const method = request.method ?? 'GET';
  const bucket = bucketOf(method, url.pathname);
  state.arrivals.add(bucket, atMs);
  state.counters.countCall(bucket);
  const hasToken = request.headers.authorization === `SSWS ${state.options.token}`;
  return { atMs, bucket, method, url, hasToken };
}

function momentOf({ atMs }: Arrival) {
  return { monotonicMs: atMs, wallMs: Date.now() };
}

function isShutting(fault: Fault | null): boolean {
  return fault?.kind === 'status' && fault.status === 429;
}

function decide(state: State, arrival: Arrival, verdict: Verdict, fault: Fault | null, body: Body): Answer {
  if (verdict.kind === 'throttled') return rateLimited;
  if (!arrival.hasToken) return invalidToken;
  if (fault?.kind === 'status') return failureOf(fault.status);
  const match = matchRoute(arrival.method, arrival.url.pathname);
  if (match.kind === 'no-such-path') return pathNotFound;
  if (match.kind === 'wrong-method') return methodNotSupported;
  if (body.kind !== 'json') return notWellFormed;
  return match.handler(state.org, { url: arrival.url, params: match.params, body: body.value });
}

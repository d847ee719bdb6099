import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Bucket, bucketOf } from './buckets.ts';
import { type Credential, principalOf, targetOf } from './credential.ts';
import * as errors from './errors.ts';
import type { Fault } from './faults.ts';
import type { Caller } from './log-record.ts';
import type { Moment, Standing } from './rate-limits.ts';
import type { State } from './state.ts';
import { toCaller } from './to-caller.ts';

const REQUEST_ID_LENGTH = 27;

/** One call, and what was settled the moment it arrived. */
export interface Arrival {
  readonly requestId: string;
  readonly caller: Caller;
  readonly atMs: number;
  /** Null: nothing is limited here. */
  readonly bucket: Bucket | null;
  readonly method: string;
  readonly url: URL;
  /** The URL as the caller wrote it, without its query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Whose share it takes from. */
  readonly principal: string | null;
  /** Whether it is in hand, and so has to leave the gate. */
  readonly isIn: boolean;
  readonly standing: Standing | null;
  readonly refusal: errors.ErrorAnswer | null;
  readonly fault: Fault | null;
}

/** Counts a call, and settles what the limits, its credential and the faults say of it. */
export function receive(state: State, request: IncomingMessage, credential: Credential, url: URL): Arrival {
  const atMs = performance.now();
  const moment = { monotonicMs: atMs, wallMs: Date.now() };
  const method = request.method ?? 'GET';
  const bucket = bucketOf(method, url.pathname);
  const principal = principalOf(credential, url);
  const admission = bucket === null ? UNLIMITED : admit(state, bucket, principal, moment);
  const refusal = admission.isThrottled ? errors.rateLimited : refusalOf(state, method, credential);
  // A fault is for a call that would have gone well: a refused one leaves it to the next.
  const fault = refusal === null ? state.faults.fire(method, url.pathname) : null;
  const isShut = bucket !== null && isShutting(fault);
  const standing = isShut ? state.limits.shut(bucket, principal, moment) : admission.standing;
  const { headers } = request;
  const requestId = state.org.ids.next('req', REQUEST_ID_LENGTH);
  const caller = toCaller(state.org, request, credential, requestId, url);
  return {
    requestId,
    caller,
    atMs,
    bucket,
    method,
    url,
    target: targetOf(request, url),
    headers,
    principal,
    isIn: admission.isIn,
    standing,
    refusal,
    fault,
  };
}

/** What the limits say of a call. */
interface Admission {
  readonly isIn: boolean;
  readonly isThrottled: boolean;
  readonly standing: Standing | null;
}

const UNLIMITED: Admission = { isIn: false, isThrottled: false, standing: null };

/** INFERRED: a call that the gate refuses does not count in its bucket. */
function admit(state: State, bucket: Bucket, principal: string | null, at: Moment): Admission {
  const { arrivals, counters, outsiders, gate, limits } = state;
  arrivals.add(bucket, at.monotonicMs);
  counters.countCall(bucket);
  outsiders.catchUp(at);
  if (!gate.enter(principal)) return { isIn: false, isThrottled: true, standing: gate.standing(at) };
  const verdict = limits.take(bucket, principal, at);
  return { isIn: true, isThrottled: verdict.kind === 'throttled', standing: verdict };
}

function refusalOf({ switches }: State, method: string, credential: Credential): errors.ErrorAnswer | null {
  if (credential.kind === 'none-needed') return null;
  if (credential.kind !== 'api-token' && credential.refusal !== null) return credential.refusal;
  return switches.readOnly && method !== 'GET' ? errors.readOnlyMode : null;
}

/** A 429 is for everybody: the bucket is empty. */
export function isShutting(fault: Fault | null): boolean {
  return fault?.kind === 'duplicate-reset' || (fault?.kind === 'status' && fault.status === 429);
}

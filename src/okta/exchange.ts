import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { OktaError } from '../domain/outcome.ts';
import { seenIn, waitAfter429 } from '../limiter/headers.ts';
import type { Limiter, Turn } from '../limiter/limiter.ts';
import type { Http, Request } from './http.ts';
import { type Reply, toOktaError } from './reply.ts';

/** What came back for a turn; what it means is for the caller to say. */
export type Exchange =
  | { kind: 'answered'; status: number; headers: IncomingHttpHeaders; body: unknown }
  | Extract<Reply<never>, { kind: 'throttled' | 'unreachable' }>;

/** Sends one request for one turn. It is made at the last moment, and once. */
export type Exchanger = (
  turn: Turn,
  request: () => Promise<Request>,
  signal?: AbortSignal,
) => Promise<Exchange>;

/** Nothing was sent: others take a call for over after its `longestCallMs`. */
const TOO_LATE: Exchange = {
  kind: 'throttled',
  error: { status: 0, code: 'TOO_LATE', text: 'no call: its turn came too late', requestId: null },
  waitMs: 0,
  closing: false,
  crowded: false,
};

export function createExchanger(http: Http, limiter: Limiter, windowMs: number): Exchanger {
  const used = new WeakSet<Turn>();
  return async (turn, request, signal) => {
    if (used.has(turn)) throw new Error('Bug: a turn is for one call');
    used.add(turn);
    let sent = turn;
    let call = await request();
    // Nothing comes between the look at the clock and the call: to sign one takes its time, too.
    while (performance.now() > sent.sendBy) {
      sent = await insteadOf(sent, signal);
      call = await request();
    }
    if (performance.now() > turn.sendBy + windowMs) {
      await limiter.settle(sent, null);
      return TOO_LATE;
    }
    const answer = await http.send(call);
    if ('error' in answer) {
      await limiter.settle(sent, null);
      return { kind: 'unreachable', ...answer };
    }

    const { status, headers, text } = answer;
    const body = parse(text);
    const error: OktaError = toOktaError(status, headers, body);
    const seen = seenIn(status, headers, windowMs, error.code);
    // Okta's answer counts, whether or not the limiter can be told of it.
    const settled = limiter.settle(sent, seen).catch(() => false);
    if (status !== 429) return { kind: 'answered', status, headers, body };
    const { crowded } = seen;
    return { kind: 'throttled', error, waitMs: waitAfter429(seen), closing: await settled, crowded };
  };

  async function insteadOf(late: Turn, signal?: AbortSignal): Promise<Turn> {
    await limiter.settle(late, null);
    return limiter.take(late.allowance, { lane: 'ahead', signal }); // it has waited once
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

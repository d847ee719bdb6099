import type { Bucket } from '../../simulator/buckets.ts';
import type { Fault } from '../../simulator/faults.ts';
import type { UnsupportedReading } from '../../simulator/unsupported.ts';

/** A user as the simulator's control surface lists them. */
export interface ListedUser {
  id: string;
  status: string;
  profile: Record<string, unknown>;
  groupIds: string[];
}

/** An order for a fault, as `POST /__simulator/faults` takes it; what is left out has the simulator's default. */
export interface Order {
  method?: string;
  /** The start of a path. */
  path?: string;
  times: number;
  skip?: number;
  /** Of hitting a call that matches; the draws follow from the seed. */
  probability?: number;
  seed?: number;
  fault: Fault | { kind: 'html'; status: number };
}

/** Tells how often an order has come about. */
export interface Ordered {
  fired(): Promise<number>;
}

/** The simulator's control surface; its own process is asked. */
export interface SimulatorControl {
  /** Calls go wrong as the order says. */
  fail(order: Order): Promise<Ordered>;
  /** The next `times` creations go wrong like that. */
  failCreations(times: number, fault: Fault): Promise<Ordered>;
  clearFaults(): Promise<void>;
  /** While it is, every call with the token is answered 401. */
  revokeToken(revoked: boolean): Promise<void>;
  /** Okta's maintenance mode: while it is on, writes are answered 503. */
  setReadOnly(readOnly: boolean): Promise<void>;
  /** Other applications call in this bucket from now on, so often a minute; 0 ends it. */
  callAsOutsiders(bucket: Bucket, perMinute: number): Promise<void>;
  /** What the others have called so far, and how much of it Okta refused. */
  outsiders(): Promise<{ calls: number; throttled: number }>;
  /** Calls that Okta has in hand at once, and how many it refused for that. */
  concurrency(): Promise<{ limit: number; inHand: number; most: number; refused: number }>;
  /** Calls so far, of every kind. */
  calls(): Promise<number>;
  /** How often each status was answered, and `reset`, `truncated`, `html`, `aborted`. */
  statuses(): Promise<Record<string, number>>;
  /** When calls arrived in a bucket, in the simulator's monotonic milliseconds. */
  arrivals(bucket: Bucket): Promise<number[]>;
  /** How often callers asked for what the simulator does not know. */
  unsupported(): Promise<UnsupportedReading>;
  users(): Promise<ListedUser[]>;
}

interface Counters {
  concurrency: { limit: number; inHand: number; most: number; refused: number };
  calls: { total: number };
  statuses: Record<string, number>;
}

export function controlOf(oktaUrl: string): SimulatorControl {
  const ask = async <T>(path: string): Promise<T> => (await send(path)).json() as Promise<T>;
  const post = (path: string, body: object) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const send = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${oktaUrl}/__simulator/${path}`, init);
    if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${path}`);
    return response;
  };
  const fail = async (order: Order): Promise<Ordered> => {
    const { id } = (await (await post('faults', order)).json()) as { id: number };
    return {
      async fired() {
        const faults = await ask<{ id: number; fired: number }[]>('faults');
        return faults.find((each) => each.id === id)?.fired ?? 0;
      },
    };
  };
  return {
    fail,
    failCreations: (times, fault) => fail({ method: 'POST', path: '/api/v1/users', times, fault }),
    async clearFaults() {
      await send('faults', { method: 'DELETE' });
    },
    async revokeToken(revoked) {
      await post('token', { revoked });
    },
    async setReadOnly(readOnly) {
      await post('maintenance', { readOnly });
    },
    async callAsOutsiders(bucket, perMinute) {
      await post('outsiders', { bucket, perMinute });
    },
    async outsiders() {
      const all = await ask<{ calls: number; throttled: number }[]>('outsiders');
      const sum = (of: 'calls' | 'throttled') => all.reduce((total, each) => total + each[of], 0);
      return { calls: sum('calls'), throttled: sum('throttled') };
    },
    concurrency: async () => (await ask<Counters>('counters')).concurrency,
    calls: async () => (await ask<Counters>('counters')).calls.total,
    statuses: async () => (await ask<Counters>('counters')).statuses,
    arrivals: async (bucket) => (await ask<{ atMs: number[] }>(`arrivals?bucket=${bucket}`)).atMs,
    unsupported: () => ask<UnsupportedReading>('unsupported'),
    users: () => ask<ListedUser[]>('users'),
  };
}

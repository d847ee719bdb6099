import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Options } from '../../simulator/options.ts';
import { startSimulator } from '../../simulator/server.ts';
import type { OrgConfig } from '../../src/config/config.ts';
import { bucketNames } from '../../src/domain/buckets.ts';
import type { OktaProfile } from '../../src/domain/profile.ts';
import type { Allowance, Limiter, Seen, Turn } from '../../src/limiter/limiter.ts';
import { createOktaClient, type Fleet, type OktaClient } from '../../src/okta/client.ts';
import { approve } from '../support/openapi/approve.ts';
import { observe } from '../support/openapi/observe.ts';

export const TOKEN = 'okta-s3cret';

const closers: (() => Promise<void> | void)[] = [];

export const closeLater = (close: () => Promise<void> | void) => closers.push(close);

/** Ends what a test has opened, the newest first. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

interface Counters {
  users: number;
  calls: { byBucket: Record<string, number> };
}

export interface SimulatedOrg {
  url: string;
  groupId: string;
  counters(): Promise<Counters>;
  users(): Promise<{ id: string; status: string; groupIds: string[]; profile: Record<string, string> }[]>;
  outbox(): Promise<{ userId: string; type: string }[]>;
  control(path: string, body: unknown): Promise<unknown>;
  /** Calls that go wrong; see the simulator's own page. */
  fault(fault: object, times?: number): Promise<void>;
}

export async function startOrg(options: Partial<Options> = {}): Promise<SimulatedOrg> {
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    token: TOKEN,
    usersPerMinute: 600,
    windowMs: 60_000,
    tokenSharePercent: 100,
    latencyMs: 0,
    observe,
    ...options,
  });
  closers.push(async () => {
    try {
      await approve(simulator.url);
    } finally {
      await simulator.close();
    }
  });
  const { url } = simulator;
  const post = async (path: string, body: unknown) => {
    const headers = { authorization: `SSWS ${TOKEN}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json().catch(() => ({}))) as { id: string };
  };
  const control = async <T>(path: string) => (await (await fetch(`${url}/__simulator/${path}`)).json()) as T;
  return {
    url,
    groupId: (await post('/api/v1/groups', { profile: { name: 'EFS' } })).id,
    counters: () => control('counters'),
    users: () => control('users'),
    outbox: () => control('outbox'),
    control: (path, body) => post(`/__simulator/${path}`, body),
    async fault(fault, times = 1) {
      await post('/__simulator/faults', { path: '/api/v1/users', times, fault });
    },
  };
}

/** A server that answers every call in the same way: what stands between Portage and Okta at times. */
export async function startProxy(
  answer: (response: ServerResponse) => void,
): Promise<{ url: string; calls: IncomingMessage[] }> {
  const calls: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    calls.push(request);
    request.resume();
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** A turn that does not grow old. */
export const aTurn = (values: Partial<Turn> = {}): Turn => ({
  allowance: { org: 'acme', bucket: 'users' },
  sendBy: Number.POSITIVE_INFINITY,
  number: 1,
  life: 1,
  dueMs: 0,
  ...values,
});

/** Grants every turn at once and remembers what it was asked and told. */
export interface CountingLimiter extends Limiter {
  taken: Allowance[];
  settled: Seen[];
}

export function countingLimiter(parts: Partial<Limiter> = {}): CountingLimiter {
  const [taken, settled]: [Allowance[], Seen[]] = [[], []];
  return {
    taken,
    settled,
    async take(allowance) {
      taken.push(allowance);
      return aTurn({ allowance, number: taken.length });
    },
    async settle(_, seen) {
      if (seen) settled.push(seen);
      return false;
    },
    async state() {
      throw new Error('Bug: the client asks no state');
    },
    ...parts,
  };
}

/** The real client on a simulated org, with a turn taken for each call. */
export function clientAt(url: string, limiter?: Limiter, values?: Partial<OrgConfig>) {
  const okta = bareClientAt(url, limiter, values);
  return {
    createUser: async (profile: OktaProfile, groupIds: string[]) =>
      okta.createUser(await okta.turn('users'), profile, groupIds),
    getUser: async (login: string) => okta.getUser(await okta.turn('user-read'), login),
    activate: async (userId: string) => okta.activate(await okta.turn('users'), userId),
    reactivate: async (userId: string) => okta.reactivate(await okta.turn('users'), userId),
    addToGroup: async (groupId: string, userId: string) =>
      okta.addToGroup(await okta.turn('groups'), groupId, userId),
    getGroup: async (id: string) => okta.getGroup(await okta.turn('group'), id),
    close: () => okta.close(),
  };
}

/** An API token needs no Redis. */
const noRedis = undefined as unknown as Fleet['redis'];

/** The real client on a simulated org. */
export function bareClientAt(
  url: string,
  limiter: Limiter = countingLimiter(),
  values: Partial<OrgConfig> = {},
  { redis = noRedis, prefix = 'test' }: Partial<Pick<Fleet, 'redis' | 'prefix'>> = {},
): OktaClient {
  const each = (calls: number) =>
    Object.fromEntries(bucketNames.map((bucket) => [bucket, calls])) as OrgConfig['perMinute'];
  const perMinute = each(600);
  const client = createOktaClient(
    {
      name: 'acme',
      baseUrl: url,
      credentials: { kind: 'api-token', token: TOKEN },
      proxyUrl: null,
      windowMs: 60_000,
      probeMs: 30_000,
      requestTimeoutMs: 30_000,
      perMinute,
      maxPerMinute: perMinute,
      keepFree: each(0),
      jitterMs: 100,
      concurrency: 40,
      ...values,
    },
    { limiter, redis, prefix },
  );
  closers.push(() => client.close());
  return client;
}

export const profile = (login = 'ada@example.com') => ({
  login,
  email: login,
  firstName: 'Ada',
  lastName: 'Byron',
  employeeNumber: 'werk/panelist/7',
});

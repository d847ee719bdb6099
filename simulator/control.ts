import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { readBody } from './body.ts';
import { BUCKET_NAMES, type Bucket } from './buckets.ts';
import { isRecord } from './json.ts';
import { logIn } from './log-in.ts';
import type { User } from './org.ts';
import { parseTraffic } from './outsiders.ts';
import { parseFault } from './parse-fault.ts';
import type { Moment } from './rate-limits.ts';
import { parseServiceApp } from './service-app.ts';
import type { State } from './state.ts';
import { type Switches, turn } from './switches.ts';
import { toApp } from './to-app.ts';

/** The control surface reads the state, and may replace it. */
export interface Control {
  readonly state: State;
  reset(): void;
}

type ControlHandler = (control: Control, call: ControlCall) => Promise<void> | void;

interface ControlCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

const HANDLERS: Readonly<Record<string, ControlHandler>> = {
  'GET counters': ({ state }, { response }) => reply(response, 200, readCounters(state)),
  'GET arrivals': ({ state }, { response, url }) =>
    replyArrivals(state, response, url.searchParams.get('bucket')),
  'GET users': ({ state }, { response }) => streamUsers(state, response),
  'GET apps': ({ state }, { response, url }) => {
    state.org.url = url.origin;
    reply(response, 200, listApps(state));
  },
  'GET outbox': ({ state }, { response }) => reply(response, 200, state.org.outbox.list()),
  'GET outsiders': ({ state }, { response }) => {
    state.outsiders.catchUp(now());
    reply(response, 200, state.outsiders.read());
  },
  'POST outsiders': ({ state }, { request, response }) => setTraffic(state, request, response),
  'GET unsupported': ({ state }, { response }) => reply(response, 200, state.unsupported.read()),
  'GET complaints': ({ state }, { response }) => reply(response, 200, state.complaints.read()),
  'GET faults': ({ state }, { response }) => reply(response, 200, state.faults.list()),
  'POST faults': ({ state }, { request, response }) => addFault(state, request, response),
  'DELETE faults': ({ state }, { response }) => {
    state.faults.clear();
    reply(response, 204);
  },
  'POST token': (control, call) => turnSwitch(control, call, 'revoked'),
  'POST maintenance': (control, call) => turnSwitch(control, call, 'readOnly'),
  'POST service-apps': async ({ state }, { request, response }) => {
    const body = await readBody(request);
    const parsed = parseServiceApp(body.kind === 'json' ? body.value : null);
    if (parsed.kind === 'faulty') return reply(response, 400, { faults: parsed.faults });
    state.oauth.serviceApps.set(parsed.app.clientId, parsed.app);
    reply(response, 201, { clientId: parsed.app.clientId });
  },
  'POST logins': async ({ state }, { request, response }) => {
    const body = await readBody(request);
    const result = logIn(state.org, body.kind === 'json' ? body.value : null);
    if (result !== null) return reply(response, 200, result);
    reply(response, 400, { faults: ['body: wanted {"login": ...}, with the "app" to sign on to or none'] });
  },
  'POST reset': (control, { response }) => {
    control.reset();
    reply(response, 204);
  },
};

/** Answers below /__simulator: for tests and demonstrations, without token and without rate limits. */
export async function handleControl(control: Control, call: ControlCall): Promise<void> {
  const name = call.url.pathname.replace(/^\/__simulator\//, '');
  const handler = HANDLERS[`${call.request.method} ${name}`];
  if (handler !== undefined) return handler(control, call);
  reply(call.response, 404, { faults: [`${call.request.method} ${call.url.pathname}: no such thing`] });
}

function readCounters({ org, arrivals, counters, gate, options }: State) {
  const busiest = BUCKET_NAMES.map((bucket) => [bucket, arrivals.busiestWindow(bucket, options.windowMs)]);
  return {
    users: org.users.size,
    created: org.created,
    ...counters.read(),
    concurrency: gate.read(),
    busiestWindow: Object.fromEntries(busiest) as Record<Bucket, number>,
  };
}

function replyArrivals({ arrivals, options }: State, response: ServerResponse, name: string | null): void {
  const bucket = BUCKET_NAMES.find((known) => known === name);
  if (bucket === undefined)
    reply(response, 400, { faults: [`bucket: wanted one of ${BUCKET_NAMES.join(', ')}`] });
  else reply(response, 200, { bucket, windowMs: options.windowMs, atMs: [...arrivals.of(bucket)] });
}

/** Streamed: a million users would not fit into one string. */
function streamUsers({ org }: State, response: ServerResponse): void {
  response.setHeader('Content-Type', 'application/json');
  Readable.from(jsonChunks(org.users.walk())).pipe(response);
}

const USERS_PER_CHUNK = 500;

function* jsonChunks(users: Iterable<User>): Generator<string> {
  let chunk = '[';
  let count = 0;
  for (const user of users) {
    chunk += (count === 0 ? '' : ',') + JSON.stringify(toListing(user));
    count += 1;
    if (count % USERS_PER_CHUNK !== 0) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}]`;
}

function toListing({ id, status, groupIds, profile }: User) {
  return { id, login: profile.login, email: profile.email, status, groupIds, profile };
}

function listApps({ org }: State) {
  return [...org.apps.walk()].map((app) => ({
    ...toApp(org, app),
    groupIds: [...app.groups.walk()].map(({ id }) => id),
  }));
}

async function addFault(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const parsed = parseFault(body.kind === 'json' ? body.value : null);
  if (parsed.kind === 'faulty') return reply(response, 400, { faults: parsed.faults });
  reply(response, 201, { id: state.faults.add(parsed.order) });
}

async function setTraffic(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const traffic = parseTraffic(body.kind === 'json' && isRecord(body.value) ? body.value : {});
  if (!('bucket' in traffic)) return reply(response, 400, { faults: traffic });
  state.outsiders.set(traffic, now());
  reply(response, 204);
}

function now(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

async function turnSwitch({ state }: Control, { request, response }: ControlCall, name: keyof Switches) {
  const body = await readBody(request);
  if (turn(state.switches, name, body.kind === 'json' ? body.value : null)) return reply(response, 204);
  reply(response, 400, { faults: [`body: wanted {"${name}": true} or {"${name}": false}`] });
}

function reply(response: ServerResponse, status: number, body?: unknown): void {
  response.statusCode = status;
  if (body === undefined) return void response.end();
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

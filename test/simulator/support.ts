import type { Options } from '../../simulator/options.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { approve } from '../support/openapi/approve.ts';
import { createJudge } from '../support/openapi/judge.ts';

export const TOKEN = 'a-token';

export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface ErrorBody {
  readonly errorCode: string;
  readonly errorSummary: string;
  readonly errorLink: string;
  readonly errorId: string;
  readonly errorCauses: readonly { readonly errorSummary: string }[];
}

export interface UserBody {
  readonly id: string;
  readonly status: string;
  readonly activated: string | null;
  readonly statusChanged: string | null;
  readonly passwordChanged: string | null;
  readonly lastUpdated: string;
  readonly profile: Readonly<Record<string, string | null>>;
  readonly credentials: Readonly<Record<string, unknown>>;
  readonly _links: Readonly<Record<string, unknown>>;
}

export interface GroupBody {
  readonly id: string;
  readonly type: string;
  readonly profile: { readonly name: string; readonly description: string | null };
}

export interface Org {
  readonly url: string;
  call<T = ErrorBody>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply<T>>;
  control<T>(method: string, path: string, body?: unknown): Promise<Reply<T>>;
}

const running: { readonly simulator: Simulator; readonly isAstray: boolean }[] = [];
const observe = createJudge({ requests: 'accepted' });
const observeAnswers = createJudge({ requests: 'none' });

/** What a test says of its own calls. */
export interface Manners {
  /** It asks for what is not there, on purpose. */
  readonly isAstray?: boolean;
}

/** A simulator of this test's own; `stopAll` ends it, and tells what Okta's documents say against its traffic. */
export async function startOrg(
  options: Partial<Options> = {},
  { isAstray = false }: Manners = {},
): Promise<Org> {
  const simulator = await startSimulator({
    port: 0,
    token: TOKEN,
    observe: isAstray ? observeAnswers : observe,
    ...options,
  });
  running.push({ simulator, isAstray });
  const { url } = simulator;
  return {
    url,
    call: (method, path, body, headers = {}) =>
      send(method, `${url}/api/v1${path}`, body, { authorization: `SSWS ${TOKEN}`, ...headers }),
    control: (method, path, body) => send(method, `${url}/__simulator/${path}`, body, {}),
  };
}

export async function stopAll(): Promise<void> {
  const ended = running.splice(0);
  try {
    for (const { simulator, isAstray } of ended) await approve(simulator.url, { isAstray });
  } finally {
    await Promise.all(ended.map(({ simulator }) => simulator.close()));
  }
}

/** A body for POST /users; a login stands for the whole person. */
export function person(login: string, profile: Record<string, unknown> = {}, rest: object = {}) {
  return { profile: { login, email: login, firstName: 'Ada', lastName: 'Byron', ...profile }, ...rest };
}

export async function create(
  org: Org,
  login: string,
  activate = false,
  rest: object = {},
): Promise<UserBody> {
  const reply = await org.call<UserBody>('POST', `/users?activate=${activate}`, person(login, {}, rest));
  expect(reply.status).toBe(200);
  return reply.body;
}

export async function createGroup(org: Org, name: string): Promise<GroupBody> {
  return (await org.call<GroupBody>('POST', '/groups', { profile: { name } })).body;
}

async function send<T>(
  method: string,
  url: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Reply<T>> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method, headers, ...(text !== undefined && { body: text }) });
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (answer === '' ? null : JSON.parse(answer)) as T,
  };
}

import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Method, RequestError } from 'got';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { OrgConfig } from '../config/config.ts';
import type { Bucket } from '../domain/operations.ts';
import type { OktaError } from '../domain/outcome.ts';
import type { OktaProfile } from '../domain/profile.ts';
import { seenIn, waitAfter429 } from '../limiter/headers.ts';
import type { Limiter } from '../limiter/limiter.ts';
import { SECOND } from '../time.ts';
import { errorReply, type Reply } from './reply.ts';

/** Longer than Okta's slowest recorded create (1.75 s at the 90th percentile), shorter than a job's patience. */
const REQUEST_TIMEOUT_MS = 30 * SECOND;
/** Okta allows 75 requests at once in an org, all applications together (Okta, Concurrency rate limits). */
const MAX_SOCKETS = 50;

export interface OktaClient {
  /**
   * Creates a user who is not active yet and gets no mail, in these groups (at most 20).
   * Okta, Users API: create user.
   */
  createUser(profile: OktaProfile, groupIds: string[], signal?: AbortSignal): Promise<Reply<{ id: string }>>;
  /** By login: a strong read, where search lags behind. Okta, Users API: retrieve a user. */
  getUser(login: string, signal?: AbortSignal): Promise<Reply<OktaUser>>;
  /** Once more is as good as once. Okta, Groups API: assign a user to a group. */
  addToGroup(groupId: string, userId: string, signal?: AbortSignal): Promise<Reply<unknown>>;
  /** Okta, Groups API: retrieve a group. */
  getGroup(id: string, signal?: AbortSignal): Promise<Reply<{ id: string }>>;
  close(): void;
}

interface Call {
  bucket: Bucket;
  method: Method;
  path: string;
  json?: unknown;
}

const WithId = Type.Object({ id: Type.String() });
const User = Type.Object({
  id: Type.String(),
  status: Type.String(),
  profile: Type.Intersect([
    Type.Object({ login: Type.String() }),
    Type.Record(Type.String(), Type.Unknown()),
  ]),
});
/** What Portage looks at of a user. */
export type OktaUser = Static<typeof User>;

const [withId, user] = [Compile(WithId), Compile(User)];
interface Validator<T> {
  Check(value: unknown): value is T;
}
/** For an answer that has no body. */
const anything = Compile(Type.Unknown());
/** What our tables hold of an id. */
const PLAIN = /^[\x21-\x7e]{1,64}$/;
const OktaErrorBody = Compile(
  Type.Object({
    errorCode: Type.String({ pattern: '^E[0-9]{7}$' }),
    errorSummary: Type.String(),
    errorCauses: Type.Optional(Type.Array(Type.Object({ errorSummary: Type.String() }))),
  }),
);

/** Okta over HTTP: each request takes a turn first and settles its answer; none is repeated here. */
export function createOktaClient(org: OrgConfig, limiter: Limiter): OktaClient {
  const agent = {
    http: new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  };
  const http = got.extend({
    prefixUrl: org.baseUrl,
    agent,
    headers: { authorization: `SSWS ${org.apiToken}`, accept: 'application/json', 'user-agent': 'portage' },
    timeout: { request: REQUEST_TIMEOUT_MS },
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  });

  async function call<T>(
    answerOf: Validator<T>,
    { bucket, method, path, json }: Call,
    signal?: AbortSignal,
  ): Promise<Reply<T>> {
    const allowance = { org: org.name, bucket };
    await limiter.take(allowance, signal);
    const answer = await send({ method, path, json });
    if ('error' in answer) return { kind: 'unreachable', error: answer.error };

    const { status, headers, text } = answer;
    const seen = seenIn(status, headers, org.windowMs);
    // Okta's answer counts, whether or not the limiter can be told of it.
    const closing = await limiter.settle(allowance, seen).catch(() => false);
    const body = parse(text);
    if (status >= 200 && status < 300 && answerOf.Check(body)) return { kind: 'ok', body };
    const error = toOktaError(status, headers, body);
    if (status === 429) return { kind: 'throttled', error, waitMs: waitAfter429(seen), closing };
    return errorReply(error);
  }

  async function send({ method, path, json }: Omit<Call, 'bucket'>): Promise<Answer | { error: OktaError }> {
    try {
      const { statusCode, headers, body } = await http(path, { method, ...(json !== undefined && { json }) });
      return { status: statusCode, headers, text: body };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { error: { status: 0, code: error.code, text: `no answer: ${error.code}`, requestId: null } };
    }
  }

  return {
    createUser: (profile, groupIds, signal) => {
      const json = { profile, groupIds };
      return call(
        withId,
        { bucket: 'users', method: 'POST', path: 'api/v1/users?activate=false', json },
        signal,
      );
    },
    getUser: (login, signal) =>
      call(
        user,
        { bucket: 'user-read', method: 'GET', path: `api/v1/users/${encodeURIComponent(login)}` },
        signal,
      ),
    addToGroup: (groupId, userId, signal) =>
      call(
        anything,
        {
          bucket: 'groups',
          method: 'PUT',
          path: `api/v1/groups/${encodeURIComponent(groupId)}/users/${encodeURIComponent(userId)}`,
        },
        signal,
      ),
    getGroup: (id, signal) =>
      call(
        withId,
        { bucket: 'group', method: 'GET', path: `api/v1/groups/${encodeURIComponent(id)}` },
        signal,
      ),
    close: () => {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toOktaError(status: number, headers: IncomingHttpHeaders, body: unknown): OktaError {
  const requestId = [headers['x-okta-request-id'] ?? []].flat().find((id) => PLAIN.test(id)) ?? null;
  if (!OktaErrorBody.Check(body)) return { status, code: '', text: 'not an answer of Okta', requestId };
  const causes = (body.errorCauses ?? []).map((cause) => cause.errorSummary);
  return { status, code: body.errorCode, text: [body.errorSummary, ...causes].join('; '), requestId };
}

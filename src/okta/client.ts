import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { performance } from 'node:perf_hooks';
import got, { type Method, RequestError } from 'got';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { OrgConfig } from '../config/config.ts';
import type { Bucket } from '../domain/operations.ts';
import type { OktaError } from '../domain/outcome.ts';
import type { OktaProfile } from '../domain/profile.ts';
import { seenIn, waitAfter429 } from '../limiter/headers.ts';
import type { Allowance, Limiter, Turn } from '../limiter/limiter.ts';
import { errorReply, type Reply } from './reply.ts';

/** Okta allows 75 requests at once in an org, all applications together (Okta, Concurrency rate limits). */
const MAX_SOCKETS = 50;
/** Many times what Okta answers to the calls below; what is longer is not Okta's. */
const LONGEST_ANSWER_BYTES = 1_000_000;

/** A turn of one bucket, for one call. */
export interface TurnOf<B extends Bucket> extends Turn {
  allowance: Allowance & { bucket: B };
}

/** Each call needs a turn of its bucket, and uses it up. A turn that has grown old is waited for again. */
export interface OktaClient {
  /** Waits until this caller may call; rejects when the signal is aborted, with its reason. */
  turn<B extends Bucket>(bucket: B, signal?: AbortSignal): Promise<TurnOf<B>>;
  /**
   * Creates a user who is not active yet and gets no mail, in these groups (at most 20).
   * Okta, Users API: create user.
   */
  createUser(
    turn: TurnOf<'users'>,
    profile: OktaProfile,
    groupIds: string[],
    signal?: AbortSignal,
  ): Promise<Reply<{ id: string }>>;
  /** By login: a strong read, where search lags behind. Okta, Users API: retrieve a user. */
  getUser(turn: TurnOf<'user-read'>, login: string, signal?: AbortSignal): Promise<Reply<OktaUser>>;
  /** Once more is as good as once. Okta, Groups API: assign a user to a group. */
  addToGroup(
    turn: TurnOf<'groups'>,
    groupId: string,
    userId: string,
    signal?: AbortSignal,
  ): Promise<Reply<unknown>>;
  /** Okta, Groups API: retrieve a group. */
  getGroup(turn: TurnOf<'group'>, id: string, signal?: AbortSignal): Promise<Reply<{ id: string }>>;
  /** Okta, Schemas API: retrieve the default user schema. */
  getUserSchema(turn: TurnOf<'api'>, signal?: AbortSignal): Promise<Reply<UserSchema>>;
  /** A call that was begun so long ago is over: the wait for its turn, while a bucket was shut, and for its answer. */
  longestCallMs: number;
  close(): void;
}

interface Call {
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

const Attributes = Type.Object({ properties: Type.Record(Type.String(), Type.Unknown()) });
const UserSchema = Type.Object({ definitions: Type.Object({ base: Attributes, custom: Attributes }) });
/** What Portage looks at of the user schema. */
export type UserSchema = Static<typeof UserSchema>;

const [withId, user, userSchema] = [Compile(WithId), Compile(User), Compile(UserSchema)];
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

/** Okta over HTTP: each answer is settled with the limiter; no call is repeated here. */
export function createOktaClient(org: OrgConfig, limiter: Limiter): OktaClient {
  const agent = {
    http: new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    https: new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
  };
  const http = got.extend({
    prefixUrl: org.baseUrl,
    agent,
    headers: { authorization: `SSWS ${org.apiToken}`, accept: 'application/json', 'user-agent': 'portage' },
    timeout: { request: org.requestTimeoutMs },
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  });

  const used = new WeakSet<Turn>();

  async function call<T>(
    answerOf: Validator<T>,
    turn: Turn,
    request: Call,
    signal?: AbortSignal,
  ): Promise<Reply<T>> {
    if (used.has(turn)) throw new Error('Bug: a turn is for one call');
    used.add(turn);
    const { allowance } = turn;
    if (performance.now() > turn.sendBy) await limiter.take(allowance, signal);
    const answer = await send(request);
    if ('error' in answer) return { kind: 'unreachable', error: answer.error };

    const { status, headers, text } = answer;
    const seen = seenIn(status, headers, org.windowMs);
    // Okta's answer counts, whether or not the limiter can be told of it.
    const settled = limiter.settle(allowance, seen).catch(() => false);
    const body = parse(text);
    if (status >= 200 && status < 300 && answerOf.Check(body)) return { kind: 'ok', body };
    const error = toOktaError(status, headers, body);
    if (status === 429)
      return { kind: 'throttled', error, waitMs: waitAfter429(seen), closing: await settled };
    return errorReply(error);
  }

  async function send({ method, path, json }: Call): Promise<Answer | { error: OktaError }> {
    const tooLong = new AbortController();
    try {
      const answer = http(path, { method, ...(json !== undefined && { json }), signal: tooLong.signal });
      answer.on('downloadProgress', ({ transferred }) => {
        if (transferred > LONGEST_ANSWER_BYTES) tooLong.abort();
      });
      const { statusCode, headers, body } = await answer;
      return { status: statusCode, headers, text: body };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const code = tooLong.signal.aborted ? 'ANSWER_TOO_LONG' : error.code;
      return { error: { status: 0, code, text: `no answer: ${code}`, requestId: null } };
    }
  }

  return {
    turn: async <B extends Bucket>(bucket: B, signal?: AbortSignal) =>
      (await limiter.take({ org: org.name, bucket }, signal)) as TurnOf<B>,
    createUser: (turn, profile, groupIds, signal) => {
      const json = { profile, groupIds };
      return call(withId, turn, { method: 'POST', path: 'api/v1/users?activate=false', json }, signal);
    },
    getUser: (turn, login, signal) =>
      call(user, turn, { method: 'GET', path: `api/v1/users/${encodeURIComponent(login)}` }, signal),
    addToGroup: (turn, groupId, userId, signal) => {
      const path = `api/v1/groups/${encodeURIComponent(groupId)}/users/${encodeURIComponent(userId)}`;
      return call(anything, turn, { method: 'PUT', path }, signal);
    },
    getGroup: (turn, id, signal) =>
      call(withId, turn, { method: 'GET', path: `api/v1/groups/${encodeURIComponent(id)}` }, signal),
    getUserSchema: (turn, signal) =>
      call(userSchema, turn, { method: 'GET', path: 'api/v1/meta/schemas/user/default' }, signal),
    longestCallMs: org.windowMs + org.requestTimeoutMs,
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

import type { Redis } from 'ioredis';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { OrgConfig } from '../config/config.ts';
import type { Bucket } from '../domain/operations.ts';
import type { OktaProfile } from '../domain/profile.ts';
import type { Limiter, Turn, TurnOptions } from '../limiter/limiter.ts';
import { SECOND } from '../time.ts';
import { type AppCalls, appCalls } from './apps.ts';
import { apiTokenAuthorization, type Obtained } from './authorization.ts';
import { anything, type Call, type TurnOf, type Validator } from './call.ts';
import { createExchanger } from './exchange.ts';
import { createHttp } from './http.ts';
import { oauthAuthorization } from './oauth.ts';
import { errorReply, type Reply, toOktaError } from './reply.ts';

/** Each call needs a turn of its bucket, and uses it up. A turn that has grown old is waited for again. */
export interface OktaClient extends AppCalls {
  /** Waits until this caller may call; rejects when the signal is aborted, with its reason. */
  turn<B extends Bucket>(bucket: B, how?: TurnOptions): Promise<TurnOf<B>>;
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
  /** By login or id: a strong read, where search lags behind. Okta, Users API: retrieve a user. */
  getUser(turn: TurnOf<'user-read'>, key: string, signal?: AbortSignal): Promise<Reply<OktaUser>>;
  /**
   * By login, where `getUser` cannot: Okta takes a slash for the end of it. Lags behind, so that an empty list says
   * little. Okta, Users API: list users.
   */
  searchUser(turn: TurnOf<'users'>, login: string, signal?: AbortSignal): Promise<Reply<OktaUser[]>>;
  /**
   * Makes a staged or deactivated user one who has not finished yet, and mails; refuses all others. Okta, User
   * Lifecycle API: activate a user.
   */
  activate(turn: TurnOf<'users'>, userId: string, signal?: AbortSignal): Promise<Reply<unknown>>;
  /** Mails again to who has not finished, each time; refuses all others. Okta: reactivate a user. */
  reactivate(turn: TurnOf<'users'>, userId: string, signal?: AbortSignal): Promise<Reply<unknown>>;
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

/** What the processes of a fleet have in common: turns, and credentials. */
export interface Fleet {
  limiter: Limiter;
  redis: Redis;
  prefix: string;
}

const WithId = Type.Object({ id: Type.String() });
const User = Type.Object({
  id: Type.String(),
  status: Type.String(),
  statusChanged: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  profile: Type.Intersect([
    Type.Object({ login: Type.String() }),
    Type.Record(Type.String(), Type.Unknown()),
  ]),
});
/** What Portage looks at of a user. */
export type OktaUser = Static<typeof User>;

const Attributes = Type.Object({
  properties: Type.Record(Type.String(), Type.Unknown()),
  required: Type.Optional(Type.Unknown()),
});
const UserSchema = Type.Object({ definitions: Type.Object({ base: Attributes, custom: Attributes }) });
/** What Portage looks at of the user schema. */
export type UserSchema = Static<typeof UserSchema>;

const [withId, user, userSchema] = [Compile(WithId), Compile(User), Compile(UserSchema)];
const users = Compile(Type.Array(User));
const empty = Compile(Type.Object({}));

/** So long a process may stand still between the look whether a call is too late and the call. */
const STALL_MS = 1 * SECOND;

/** With a mail to the user. */
const lifecycle = (userId: string, move: 'activate' | 'reactivate') =>
  `api/v1/users/${encodeURIComponent(userId)}/lifecycle/${move}?sendEmail=true`;

/** Okta's calls: each needs a turn and a credential; no call is repeated here. */
export function createOktaClient(org: OrgConfig, { limiter, redis, prefix }: Fleet): OktaClient {
  const http = createHttp(org);
  const exchange = createExchanger(http, limiter, org.windowMs);
  const { credentials } = org;
  const authorization =
    credentials.kind === 'oauth'
      ? oauthAuthorization(org, credentials, { limiter, redis, prefix, exchange })
      : apiTokenAuthorization(credentials.token);

  async function call<T>(
    answerOf: Validator<T>,
    turn: Turn,
    { method, path, json }: Call,
    signal?: AbortSignal,
  ): Promise<Reply<T>> {
    const obtained = await obtain(turn, signal);
    if (obtained.kind === 'unreachable') return { ...obtained, unsent: true };
    if (obtained.kind !== 'ok') return obtained;
    const { credential } = obtained;
    const request = async () => {
      const headers = await credential.headersFor(method, `${org.baseUrl}/${path}`);
      return { method, path, headers, ...(json !== undefined && { json }) };
    };
    const exchanged = await exchange(turn, request, signal);
    if (exchanged.kind !== 'answered') return exchanged;
    const { status, headers, body } = exchanged;
    if (status >= 200 && status < 300 && answerOf.Check(body)) return { kind: 'ok', body };
    const reply = errorReply(toOktaError(status, headers, body));
    if (reply.kind === 'misconfigured' && reply.cause === 'credentials') await credential.refused(reply);
    return reply;
  }

  /** A turn for which there is no credential is over. */
  async function obtain(turn: Turn, signal?: AbortSignal): Promise<Obtained> {
    let obtained: Obtained | undefined;
    try {
      obtained = await authorization.obtain(signal);
      return obtained;
    } finally {
      if (obtained?.kind !== 'ok') await limiter.settle(turn, null);
    }
  }

  return {
    ...appCalls(call),
    turn: async <B extends Bucket>(bucket: B, how?: TurnOptions) =>
      (await limiter.take({ org: org.name, bucket }, how)) as TurnOf<B>,
    createUser: (turn, profile, groupIds, signal) => {
      const json = { profile, groupIds };
      return call(withId, turn, { method: 'POST', path: 'api/v1/users?activate=false', json }, signal);
    },
    getUser: (turn, key, signal) =>
      call(user, turn, { method: 'GET', path: `api/v1/users/${encodeURIComponent(key)}` }, signal),
    searchUser: (turn, login, signal) => {
      const search = new URLSearchParams({ search: `profile.login eq ${JSON.stringify(login)}`, limit: '2' });
      return call(users, turn, { method: 'GET', path: `api/v1/users?${search.toString()}` }, signal);
    },
    activate: (turn, userId, signal) =>
      call(empty, turn, { method: 'POST', path: lifecycle(userId, 'activate') }, signal),
    reactivate: (turn, userId, signal) =>
      call(empty, turn, { method: 'POST', path: lifecycle(userId, 'reactivate') }, signal),
    addToGroup: (turn, groupId, userId, signal) => {
      const path = `api/v1/groups/${encodeURIComponent(groupId)}/users/${encodeURIComponent(userId)}`;
      return call(anything, turn, { method: 'PUT', path }, signal);
    },
    getGroup: (turn, id, signal) =>
      call(withId, turn, { method: 'GET', path: `api/v1/groups/${encodeURIComponent(id)}` }, signal),
    getUserSchema: (turn, signal) =>
      call(userSchema, turn, { method: 'GET', path: 'api/v1/meta/schemas/user/default' }, signal),
    longestCallMs: org.windowMs + org.requestTimeoutMs + STALL_MS,
    close: () => http.close(),
  };
}

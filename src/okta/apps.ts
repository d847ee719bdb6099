import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { NewApp } from '../domain/portal.ts';
import { anything, type Caller, type TurnOf } from './call.ts';
import type { Reply } from './reply.ts';

const Uris = Type.Optional(Type.Array(Type.String()));
const App = Type.Object({
  id: Type.String(),
  status: Type.String(),
  profile: Type.Optional(Type.Unknown()),
  credentials: Type.Optional(
    Type.Object({
      oauthClient: Type.Optional(
        Type.Object({ client_id: Type.String(), client_secret: Type.Optional(Type.String()) }),
      ),
    }),
  ),
  settings: Type.Optional(
    Type.Object({
      oauthClient: Type.Optional(
        Type.Object({
          redirect_uris: Uris,
          post_logout_redirect_uris: Uris,
          initiate_login_uri: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        }),
      ),
    }),
  ),
});
/** What Portage looks at of an app; all the rest of it is there, too, to be put back. */
export type OktaApp = Static<typeof App>;

const Secret = Type.Object({ client_secret: Type.String(), status: Type.String() });
export type AppSecret = Static<typeof Secret>;

const [app, apps, secrets] = [Compile(App), Compile(Type.Array(App)), Compile(Type.Array(Secret))];

/** Okta's longest page. */
const PAGE = 200;

/** Okta, Applications API. The app itself has a bucket of its own, everything else about apps spends `apps`. */
export interface AppCalls {
  /** Creates an app that is active; the answer shows its secret, if it has one. */
  createApp(turn: TurnOf<'apps'>, body: NewApp, signal?: AbortSignal): Promise<Reply<OktaApp>>;
  /** By the start of the label, no more than 200. Labels are not unique, and the list may lag behind. */
  listApps(turn: TurnOf<'apps'>, labelStart: string, signal?: AbortSignal): Promise<Reply<OktaApp[]>>;
  getApp(turn: TurnOf<'app'>, id: string, signal?: AbortSignal): Promise<Reply<OktaApp>>;
  /** As it is to be, whole: what is left out has its default again. */
  replaceApp(turn: TurnOf<'app'>, id: string, body: object, signal?: AbortSignal): Promise<Reply<OktaApp>>;
  /** Once more is as good as once. Nobody can log in by an inactive app; it can be activated again. */
  deactivateApp(turn: TurnOf<'apps'>, id: string, signal?: AbortSignal): Promise<Reply<unknown>>;
  /** Once more is as good as once. */
  assignGroup(
    turn: TurnOf<'apps'>,
    id: string,
    groupId: string,
    signal?: AbortSignal,
  ): Promise<Reply<unknown>>;
  /** Refused with 404 when the group is not assigned. */
  getAppGroup(
    turn: TurnOf<'apps'>,
    id: string,
    groupId: string,
    signal?: AbortSignal,
  ): Promise<Reply<unknown>>;
  listAppSecrets(turn: TurnOf<'apps'>, id: string, signal?: AbortSignal): Promise<Reply<AppSecret[]>>;
}

export function appCalls(call: Caller): AppCalls {
  const pathOf = (id: string) => `api/v1/apps/${encodeURIComponent(id)}`;
  const groupPath = (id: string, groupId: string) => `${pathOf(id)}/groups/${encodeURIComponent(groupId)}`;
  return {
    createApp: (turn, json, signal) => call(app, turn, { method: 'POST', path: 'api/v1/apps', json }, signal),
    listApps: (turn, labelStart, signal) => {
      const query = new URLSearchParams({ q: labelStart, limit: String(PAGE) });
      return call(apps, turn, { method: 'GET', path: `api/v1/apps?${query.toString()}` }, signal);
    },
    getApp: (turn, id, signal) => call(app, turn, { method: 'GET', path: pathOf(id) }, signal),
    replaceApp: (turn, id, json, signal) =>
      call(app, turn, { method: 'PUT', path: pathOf(id), json }, signal),
    deactivateApp: (turn, id, signal) =>
      call(anything, turn, { method: 'POST', path: `${pathOf(id)}/lifecycle/deactivate` }, signal),
    assignGroup: (turn, id, groupId, signal) =>
      call(anything, turn, { method: 'PUT', path: groupPath(id, groupId), json: {} }, signal),
    getAppGroup: (turn, id, groupId, signal) =>
      call(anything, turn, { method: 'GET', path: groupPath(id, groupId) }, signal),
    listAppSecrets: (turn, id, signal) =>
      call(secrets, turn, { method: 'GET', path: `${pathOf(id)}/credentials/secrets` }, signal),
  };
}

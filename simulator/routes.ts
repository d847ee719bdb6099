import type { Handler } from './answer.ts';
import { assignGroup, getAppGroup, listAppGroups, listAppsOfGroup, unassignGroup } from './app-groups.ts';
import { listAppLinks } from './app-links.ts';
import { assignUser, getAppUser, listAppUsers, unassignUser, updateAppUser } from './app-users.ts';
import { activateApp, deactivateApp, deleteApp, getApp, listApps, replaceApp } from './apps.ts';
import { createApp } from './create-app.ts';
import { createUser } from './create-user.ts';
import { getFeature, listFeatures, updateFeature } from './features.ts';
import {
  addMember,
  createGroup,
  deleteGroup,
  getGroup,
  listMembers,
  removeMember,
  replaceGroup,
} from './groups.ts';
import { activate, deactivate, reactivate, resetPassword, suspend, unlock, unsuspend } from './lifecycle.ts';
import { listGroups } from './list-groups.ts';
import { listLogs } from './list-logs.ts';
import { listUsers } from './list-users.ts';
import {
  activateRule,
  createRule,
  deactivateRule,
  deleteRule,
  getRule,
  listRules,
  replaceRule,
} from './rules.ts';
import { getUserSchema, updateUserSchema } from './schemas.ts';
import {
  activateSecret,
  createSecret,
  deactivateSecret,
  deleteSecret,
  getSecret,
  listSecrets,
} from './secrets.ts';
import { deleteUser, getUser, listGroupsOfUser, replaceUser, updateUser } from './users.ts';

type Methods = Readonly<Record<string, Handler>>;

/** All that is simulated of the API, below /api/v1. */
const ROUTES: Readonly<Record<string, Methods>> = {
  '/users': { GET: listUsers, POST: createUser },
  '/users/{id}': { GET: getUser, POST: updateUser, PUT: replaceUser, DELETE: deleteUser },
  '/users/{id}/appLinks': { GET: listAppLinks },
  '/users/{id}/groups': { GET: listGroupsOfUser },
  '/users/{id}/lifecycle/activate': { POST: activate },
  '/users/{id}/lifecycle/deactivate': { POST: deactivate },
  '/users/{id}/lifecycle/reactivate': { POST: reactivate },
  '/users/{id}/lifecycle/suspend': { POST: suspend },
  '/users/{id}/lifecycle/unsuspend': { POST: unsuspend },
  '/users/{id}/lifecycle/unlock': { POST: unlock },
  '/users/{id}/lifecycle/reset_password': { POST: resetPassword },
  '/meta/schemas/user/{id}': { GET: getUserSchema, POST: updateUserSchema },
  '/groups': { GET: listGroups, POST: createGroup },
  // Before groups by id, which would take `rules` for one.
  '/groups/rules': { GET: listRules, POST: createRule },
  '/groups/rules/{id}': { GET: getRule, PUT: replaceRule, DELETE: deleteRule },
  '/groups/rules/{id}/lifecycle/activate': { POST: activateRule },
  '/groups/rules/{id}/lifecycle/deactivate': { POST: deactivateRule },
  '/groups/{id}': { GET: getGroup, PUT: replaceGroup, DELETE: deleteGroup },
  '/groups/{id}/users': { GET: listMembers },
  '/groups/{id}/users/{userId}': { PUT: addMember, DELETE: removeMember },
  '/groups/{id}/apps': { GET: listAppsOfGroup },
  '/logs': { GET: listLogs },
  '/apps': { GET: listApps, POST: createApp },
  '/apps/{id}': { GET: getApp, PUT: replaceApp, DELETE: deleteApp },
  '/apps/{id}/lifecycle/activate': { POST: activateApp },
  '/apps/{id}/lifecycle/deactivate': { POST: deactivateApp },
  '/apps/{id}/credentials/secrets': { GET: listSecrets, POST: createSecret },
  '/apps/{id}/credentials/secrets/{secretId}': { GET: getSecret, DELETE: deleteSecret },
  '/apps/{id}/credentials/secrets/{secretId}/lifecycle/activate': { POST: activateSecret },
  '/apps/{id}/credentials/secrets/{secretId}/lifecycle/deactivate': { POST: deactivateSecret },
  '/apps/{id}/groups': { GET: listAppGroups },
  '/apps/{id}/groups/{groupId}': { GET: getAppGroup, PUT: assignGroup, DELETE: unassignGroup },
  '/apps/{id}/users': { GET: listAppUsers, POST: assignUser },
  '/apps/{id}/users/{userId}': { GET: getAppUser, POST: updateAppUser, DELETE: unassignUser },
  '/apps/{id}/features': { GET: listFeatures },
  '/apps/{id}/features/{name}': { GET: getFeature, PUT: updateFeature },
};

const PATTERNS = Object.entries(ROUTES).map(([path, methods]) => ({
  route: `/api/v1${path}`,
  pattern: new RegExp(`^/api/v1${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
  methods,
}));

export type Match =
  | {
      readonly kind: 'handler';
      readonly route: string;
      readonly handler: Handler;
      readonly params: readonly string[];
    }
  | { readonly kind: 'wrong-method' }
  | { readonly kind: 'no-such-path' };

export function matchRoute(method: string, path: string): Match {
  for (const { route, pattern, methods } of PATTERNS) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handler === undefined) return { kind: 'wrong-method' };
    return { kind: 'handler', route, handler, params: found.slice(1).map(decodeSegment) };
  }
  return { kind: 'no-such-path' };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

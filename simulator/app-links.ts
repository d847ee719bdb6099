import { type Answer, type Call, object } from './answer.ts';
import type { App } from './app.ts';
import { findUser } from './find-user.ts';
import type { Org } from './org.ts';

/** GET /api/v1/users/{id}/appLinks: the apps that the user has, by whatever assignment. */
export function listAppLinks(org: Org, { params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const user = found.value;
  const apps = [...org.apps.walk()].filter((app) => app.status === 'ACTIVE' && app.users.has(user.id));
  return object(apps.map((app, index) => toAppLink(org, app, user.id, index)));
}

function toAppLink(org: Org, app: App, userId: string, sortOrder: number): Record<string, unknown> {
  return {
    id: `${userId}-${app.id}`,
    label: app.details.label,
    linkUrl: `${org.url}/home/${app.name}/${app.id}/aln177a159h7Zf52X0g8`,
    logoUrl: `${org.url}/assets/img/logos/default.png`,
    appName: app.name,
    appInstanceId: app.id,
    appAssignmentId: userId,
    credentialsSetup: false,
    hidden: false,
    sortOrder,
  };
}

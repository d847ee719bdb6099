import { complete } from '../db/completions.ts';
import type { Outcome } from '../domain/outcome.ts';
import { urisOf } from '../domain/portal.ts';
import type { OktaApp } from '../okta/apps.ts';
import { bringUpToDate, cleaned, isOwn, type PortalSubject, portalOf } from './portal.ts';
import type { Process } from './process.ts';

/** Has the app of one registered portal send people to where the portal is now; of one that is gone, nowhere. */
export const updatePortal: Process = async (anySubject, signal) => {
  const subject = portalOf(anySubject);
  const outcome = cleaned(await update(subject, signal));
  if (['updated', 'unchanged', 'gone'].includes(outcome.kind))
    await complete(subject.db, subject.migration.id, subject.id);
  return outcome;
};

async function update(subject: PortalSubject, signal: AbortSignal): Promise<Outcome> {
  const { id, okta, lane, portals, installation, apps } = subject;
  const turn = await okta.turn('app', { lane, signal });
  const standing = await subject.standing();
  if (standing.kind !== 'open') return standing;
  const appId = await portals.appIdOf(id);
  if (appId === null) return { kind: 'gone' };
  const reply = await okta.getApp(turn, appId, signal);
  if (reply.kind !== 'throttled') subject.answered();
  if (reply.kind === 'refused' && reply.error.status === 404)
    return { kind: 'blocked', code: 'app_missing', appId };
  if (reply.kind !== 'ok') return reply;
  const app = reply.body;
  if (!isOwn(subject, app)) return { kind: 'blocked', code: 'app_foreign', appId };

  const portal = await portals.read(id);
  if (!portal) return remove(subject, app, signal);
  const uris = urisOf(portal, installation.config.name, apps);
  if (!uris) return { kind: 'blocked', code: 'url_name_invalid', appId };
  const updated = await bringUpToDate(subject, app, uris, signal);
  if (!updated) return { kind: 'unchanged' };
  return updated.kind === 'ok' ? { kind: 'updated' } : updated;
}

/** Nobody can log in by an app that is inactive: all that is to be done for a portal that is gone. */
async function remove(
  { okta, lane, migration }: PortalSubject,
  app: OktaApp,
  signal: AbortSignal,
): Promise<Outcome> {
  if (app.status !== 'ACTIVE') return { kind: 'unchanged' };
  if (!migration.options.confirm?.includes('deactivate-removed'))
    return { kind: 'blocked', code: 'portal_removed', appId: app.id };
  const turn = await okta.turn('apps', { lane, signal });
  const reply = await okta.deactivateApp(turn, app.id, signal);
  return reply.kind === 'ok' ? { kind: 'updated' } : reply;
}

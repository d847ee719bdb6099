import { complete } from '../db/completions.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type PortalUris, planUpdate } from '../domain/portal.ts';
import type { OktaApp } from '../okta/apps.ts';
import { cleaned, type PortalSubject, portalOf, readdress, secretOf } from './portal.ts';
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
  const { id, okta, lane, portals, installation, apps, migration } = subject;
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

  const deactivates = migration.options.confirm?.includes('deactivate-removed') ?? false;
  const how = { installation: installation.config.name, apps, deactivates };
  const plan = planUpdate(reply.body, id, await portals.read(id), how);
  switch (plan.kind) {
    case 'unchanged':
    case 'blocked':
      return plan;
    case 'readdress':
      return readdressed(subject, reply.body, plan.uris, signal);
    case 'deactivate': {
      const turn = await okta.turn('apps', { lane, signal });
      const deactivated = await okta.deactivateApp(turn, appId, signal);
      return deactivated.kind === 'ok' ? { kind: 'updated' } : deactivated;
    }
  }
}

/** What a change makes of the app's secret, Okta does not promise: EFS gets the one that the app has then. */
async function readdressed(
  subject: PortalSubject,
  app: OktaApp,
  uris: PortalUris,
  signal: AbortSignal,
): Promise<Outcome> {
  const reply = await readdress(subject, app, uris, signal);
  if (reply.kind !== 'ok') return reply;
  const { id, portals, apps } = subject;
  if (apps.settings.clientSecret === null) return { kind: 'updated' };
  const secret = await secretOf(subject, reply.body, signal);
  if (secret.kind !== 'ok') return secret;
  if (secret.clientSecret === null) return { kind: 'blocked', code: 'app_without_secret', appId: app.id };
  await portals.recordSecret(id, secret.clientSecret);
  return { kind: 'updated' };
}

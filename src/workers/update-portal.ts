import { complete } from '../db/completions.ts';
import type { Outcome } from '../domain/outcome.ts';
import { planUpdate } from '../domain/portal.ts';
import { cleaned, type PortalSubject, portalOf, readdress } from './portal.ts';
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
      return updated(await readdress(subject, reply.body, plan.uris, signal));
    case 'deactivate': {
      const turn = await okta.turn('apps', { lane, signal });
      return updated(await okta.deactivateApp(turn, appId, signal));
    }
  }
}

const updated = (reply: Awaited<ReturnType<PortalSubject['okta']['deactivateApp']>>): Outcome =>
  reply.kind === 'ok' ? { kind: 'updated' } : reply;

import { failureOf } from '../domain/failure.ts';
import { Findings } from '../domain/finding.ts';
import type { SubjectId } from '../domain/ids.ts';
import { operations } from '../domain/operations.ts';
import type { FailureCode, PortalFault } from '../domain/outcome.ts';
import { type PortalApps, planUpdate, urisOf } from '../domain/portal.ts';
import type { Installation } from '../efs/installation.ts';
import type { Portals } from '../efs/portals.ts';
import type { OktaClient } from '../okta/client.ts';
import type { Check, Checked, Context } from './preflight.ts';
import { lastIdOf, queryOf } from './queries.ts';

const PAGE_ROWS = 1_000;

/** Looks at every portal that is not registered, as a worker would. */
export const checkRegistrations: Check = async (context) => {
  const { portals, apps } = portalsOf(context.installation);
  const { callsEach = 1 } = operations[context.wanted.operation];
  const tally = createTally();
  for await (const id of wantedOf(context)) {
    const portal = await portals.read(id);
    const fits = portal && urisOf(portal, context.installation.config.name, apps);
    if (portal && !fits) tally.fail(id, 'url_name_invalid', '');
    else tally.done(callsEach);
  }
  return tally.checked(await countsOf(context));
};

/** Compares every portal that is registered with its app: a read of each, for which each takes a turn. */
export const checkUpdates: Check = async (context) => {
  const { okta, wanted, signal, installation } = context;
  const counts = await countsOf(context);
  if (!okta) return { counts, expected: null, calls: counts.eligible, findings: [] };
  const { portals, apps } = portalsOf(installation);
  const deactivates = wanted.options.confirm?.includes('deactivate-removed') ?? false;
  const how = { installation: installation.config.name, apps, deactivates };
  const tally = createTally();
  for await (const id of wantedOf(context)) {
    const appId = await portals.appIdOf(id);
    const reply = appId === null ? null : await appOf(okta, appId, signal);
    if (!appId || !reply) continue;
    if (reply.kind === 'refused' && reply.error.status === 404) tally.fail(id, 'app_missing', appId, 1);
    // Of who cannot be read now a run would try again.
    else if (reply.kind !== 'ok') tally.done(1);
    else {
      const plan = planUpdate(reply.body, id, await portals.read(id), how);
      if (plan.kind === 'blocked') tally.fail(id, plan.code, appId, 1);
      else tally.done(plan.kind === 'readdress' ? 2 : 1);
    }
  }
  return tally.checked(counts);
};

async function appOf(okta: OktaClient, appId: string, signal: AbortSignal) {
  return okta.getApp(await okta.turn('app', { lane: 'ahead', signal }), appId, signal);
}

function portalsOf({ portals, config }: Installation): { portals: Portals; apps: PortalApps } {
  if (!portals || !config.portals?.app) throw new Error(`Bug: ${config.name} has no portals to register`);
  return { portals, apps: config.portals.app };
}

async function countsOf({ app, wanted }: Context) {
  const query = queryOf(app, wanted);
  return query.count(wanted.selection, await lastIdOf(query, wanted.selection));
}

/** Whom a run would offer. */
async function* wantedOf({ app, wanted, signal }: Context): AsyncGenerator<SubjectId> {
  const query = queryOf(app, wanted);
  const throughId = await lastIdOf(query, wanted.selection);
  for (let afterId = 0; ; ) {
    signal.throwIfAborted();
    const page = await query.page(wanted.selection, throughId, afterId, PAGE_ROWS);
    yield* page.wanted;
    if (page.lastId === null) return;
    afterId = page.lastId;
  }
}

function createTally() {
  const failedBy: Partial<Record<FailureCode, number>> = {};
  const findings = new Findings();
  let [done, failed, calls] = [0, 0, 0];
  return {
    done(spent: number): void {
      done += 1;
      calls += spent;
    },
    fail(id: SubjectId, code: PortalFault, appId: string, spent = 0): void {
      failed += 1;
      calls += spent;
      failedBy[code] = (failedBy[code] ?? 0) + 1;
      findings.add('warning', code, failureOf({ kind: 'blocked', code, appId })?.message ?? '', id);
    },
    checked: (counts: NonNullable<Checked['counts']>): Checked => ({
      counts,
      expected: { done, failed, failedBy },
      calls,
      findings: findings.all(),
    }),
  };
}

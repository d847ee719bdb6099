import { failureOf } from '../domain/failure.ts';
import { type Finding, Findings } from '../domain/finding.ts';
import type { SubjectId } from '../domain/ids.ts';
import { operations } from '../domain/operations.ts';
import type { FailureCode, PortalFault } from '../domain/outcome.ts';
import { labelStart, type PortalApps, planUpdate, urisOf } from '../domain/portal.ts';
import type { Installation } from '../efs/installation.ts';
import type { Portals } from '../efs/portals.ts';
import type { OktaClient } from '../okta/client.ts';
import type { Reply } from '../okta/reply.ts';
import type { Check, Checked, Context } from './preflight.ts';
import { told, toFault, toFinding } from './preflight-okta.ts';
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
  const checked = tally.checked(await countsOf(context));
  return { ...checked, findings: [...(await unlistedApps(context)), ...checked.findings] };
};

/** Compares every portal that is registered with its app: a read of each, for which each takes a turn. */
export const checkUpdates: Check = async (context) => {
  const { okta, wanted, signal, installation } = context;
  const counts = await countsOf(context);
  const untold = { counts, expected: null, calls: counts.eligible };
  if (!okta) return { ...untold, findings: [] };
  const { portals, apps } = portalsOf(installation);
  const deactivates = wanted.options.confirm?.includes('deactivate-removed') ?? false;
  const how = { installation: installation.config.name, apps, deactivates };
  const tally = createTally();
  for await (const id of wantedOf(context)) {
    const appId = await portals.appIdOf(id);
    const reply = appId === null ? null : await appOf(okta, appId, signal);
    if (!appId || !reply) continue;
    if (reply.kind === 'refused' && reply.error.status === 404) tally.fail(id, 'app_missing', appId, 1);
    // Every other app would be answered so, and a run be held.
    else if (reply.kind === 'misconfigured') return { ...untold, findings: [unread(reply, context)] };
    else if (reply.kind !== 'ok') tally.unread(id);
    else {
      const plan = planUpdate(reply.body, id, await portals.read(id), how);
      if (plan.kind === 'blocked') tally.fail(id, plan.code, appId, 1);
      else tally.done(plan.kind === 'readdress' ? 2 : 1);
    }
  }
  return tally.checked(counts);
};

/** What Okta says to who lists its apps, if it is no list; whether they may be changed shows when one is. */
async function unlistedApps(context: Context): Promise<Finding[]> {
  const { okta, installation, signal } = context;
  if (!okta) return [];
  const { name, customerName = '' } = installation.config;
  const start = labelStart(name, customerName, portalsOf(installation).apps) || name;
  const reply = await okta.listApps(await okta.turn('apps', { lane: 'ahead', signal }), start, signal);
  return reply.kind === 'ok' ? [] : [unread(reply, context)];
}

function unread(
  reply: Exclude<Reply<unknown>, { kind: 'ok' }>,
  { app, installation: { config } }: Context,
): Finding {
  const org = app.config.orgs[config.org];
  if (!org) throw new Error(`Bug: no org ${config.org} is configured`);
  if (reply.kind !== 'refused') return toFinding(toFault(reply, org, config));
  const message = `Okta does not show its apps (${told(reply.error)}).`;
  return { severity: 'warning', code: 'app_unread', message, examples: [] };
}

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
    /** What a run would come to with it is not known. */
    unread(id: SubjectId): void {
      calls += 1;
      findings.add('warning', 'app_unread', UNREAD, id);
    },
    checked: (counts: NonNullable<Checked['counts']>): Checked => ({
      counts,
      expected: { done, failed, failedBy },
      calls,
      findings: findings.all(),
    }),
  };
}

const UNREAD =
  'Okta has not shown the app of this portal: what would become of it is not known, nor counted in `expected`. Look again.';

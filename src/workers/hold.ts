import type { App } from '../app.ts';
import { claimProbes, holdMigrations, releaseMigration } from '../db/holds.ts';
import { holdOf } from '../domain/hold.ts';
import type { Migration } from '../domain/migration.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { OktaClient } from '../okta/client.ts';

/** Stops all migrations that Okta would refuse in the same way: nobody fails for it. */
export async function hold(
  app: App,
  { installation }: Migration,
  { cause, error }: Extract<Outcome, { kind: 'misconfigured' }>,
): Promise<void> {
  const { installations, orgs } = app.config;
  const org = orgs[installations[installation]?.org ?? ''];
  if (!org) throw new Error(`Bug: ${installation} has no org`);
  const why = holdOf(cause, error);
  const concerned = why.wholeOrg ? installationsOf(app, org.name) : [installation];
  const held = await holdMigrations(app.db, concerned, why, org.probeMs);
  const { status, code } = error;
  if (held > 0) app.log.error({ org: org.name, held, cause, status, code }, 'migrations held');
}

/** Asks Okta again on behalf of held migrations: one call for each whose time has come, by one of the fleet. */
export async function probe(
  app: App,
  clients: ReadonlyMap<string, OktaClient>,
  signal: AbortSignal,
): Promise<void> {
  for (const [org, okta] of clients) {
    const concerned = installationsOf(app, org);
    if (concerned.length === 0) continue;
    for (const { id, installation } of await claimProbes(
      app.db,
      concerned,
      app.config.orgs[org]?.probeMs ?? 0,
    )) {
      const reply = await okta.getGroup(app.config.installations[installation]?.groupId ?? '', signal);
      // Any answer that is about the group shows that Okta has taken the token.
      if (reply.kind !== 'ok' && reply.kind !== 'refused') continue;
      if (await releaseMigration(app.db, id)) app.log.info({ migrationId: id }, 'migration goes on');
    }
  }
}

function installationsOf({ config }: App, org: string): string[] {
  return Object.values(config.installations).flatMap((each) => (each.org === org ? [each.name] : []));
}

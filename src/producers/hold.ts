import type { App } from '../app.ts';
import { holdMigrations } from '../db/holds.ts';
import { databaseHold, type Hold } from '../domain/hold.ts';
import type { Migration } from '../domain/migration.ts';

/** Stops all migrations that would fare in the same way: nobody fails for it. */
export async function hold(app: App, { installation }: Migration, why: Hold): Promise<void> {
  const { installations, orgs } = app.config;
  const org = orgs[installations[installation]?.org ?? ''];
  if (!org) throw new Error(`Bug: ${installation} has no org`);
  const concerned = why.wholeOrg ? installationsOf(app, org.name) : [installation];
  const held = await holdMigrations(app.db, concerned, why, org.probeMs);
  if (held > 0) app.log.error({ org: org.name, installation, held, cause: why.cause }, 'migrations held');
}

/** To be asked after an error that nobody expected: holds the installation if its database is the reason. */
export async function holdIfAway(app: App, migration: Migration): Promise<boolean> {
  const fault = await app.installations.get(migration.installation)?.fault();
  if (!fault) return false;
  await hold(app, migration, databaseHold(fault));
  return true;
}

export function installationsOf({ config }: App, org: string): string[] {
  return Object.values(config.installations).flatMap((each) => (each.org === org ? [each.name] : []));
}

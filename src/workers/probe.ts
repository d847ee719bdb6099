import type { App } from '../app.ts';
import { claimProbes, type Probed, releaseMigration } from '../db/holds.ts';
import type { OktaClient } from '../okta/client.ts';
import { installationsOf } from '../producers/hold.ts';

/** Looks again at what holds migrations: once for each whose time has come, by one of the fleet. */
export async function probe(
  app: App,
  clients: ReadonlyMap<string, OktaClient>,
  signal: AbortSignal,
): Promise<void> {
  for (const [org, okta] of clients) {
    const concerned = installationsOf(app, org);
    if (concerned.length === 0) continue;
    const probed = await claimProbes(app.db, concerned, app.config.orgs[org]?.probeMs ?? 0);
    await Promise.all(
      probed.map(async (migration) => {
        if (!(await hasPassed(app, okta, migration, signal))) return;
        if (await releaseMigration(app.db, migration.id))
          app.log.info({ migrationId: migration.id }, 'migration goes on');
      }),
    );
  }
}

async function hasPassed(
  app: App,
  okta: OktaClient,
  { installation, cause }: Probed,
  signal: AbortSignal,
): Promise<boolean> {
  if (cause === 'database') return (await app.installations.get(installation)?.fault()) === null;
  const groupId = app.config.installations[installation]?.groupId ?? '';
  const reply = await okta.getGroup(await okta.turn('group', { signal }), groupId, signal);
  // Any answer that is about the group shows that Okta is there and has taken the token.
  return reply.kind === 'ok' || reply.kind === 'refused';
}

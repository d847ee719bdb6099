import type { App } from '../app.ts';
import { claimProbes, type Probed, releaseMigrations } from '../db/holds.ts';
import type { OktaClient } from '../okta/client.ts';
import { installationsOf } from '../producers/hold.ts';

/** Looks again at what holds migrations: once for each cause whose time has come, by one of the fleet. */
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
      probed.map(async (each) => {
        if (!(await hasPassed(app, okta, each, signal))) return;
        const released = await releaseMigrations(app.db, each);
        if (released > 0) app.log.info({ org, cause: each.cause, released }, 'migrations go on');
      }),
    );
  }
}

async function hasPassed(
  app: App,
  okta: OktaClient,
  { installations: [installation = ''], cause }: Probed,
  signal: AbortSignal,
): Promise<boolean> {
  if (cause === 'database') return (await app.installations.get(installation)?.fault()) === null;
  const groupId = app.config.installations[installation]?.groupId ?? '';
  const reply = await okta.getGroup(await okta.turn('group', { signal }), groupId, signal);
  // Any answer that is about the group, or our right to see it, shows that Okta is there and has taken the token.
  const lacksRight = reply.kind === 'misconfigured' && reply.cause === 'rights';
  return reply.kind === 'ok' || reply.kind === 'refused' || lacksRight;
}

import type { Migration } from '../../demo/portage.ts';
import { eventually } from './eventually.ts';
import type { TestFleet } from './fleet.ts';

/** What each worker may have under way at once; see `concurrency` in `src/workers/worker.ts`. */
export const MOST_AT_ONCE = 50;

/** Resolves to the migrations once all are held, and says how they say so. */
export function untilHeld({ portage }: TestFleet, ids: number[]): Promise<Migration[]> {
  return eventually('the migrations are held', async () => {
    const migrations = await Promise.all(ids.map((id) => portage.migration(id)));
    return migrations.every(({ state }) => state === 'held') && migrations;
  });
}

/** The same processes again, with the configuration as it is now: as an operator restarts them. */
export async function restart(fleet: TestFleet): Promise<string[]> {
  const old = fleet.processes.filter((each) => each.name !== 'simulator' && !each.hasEnded());
  await Promise.all(old.map((process) => process.stop()));
  for (const { name } of old) {
    if (name.startsWith('api')) fleet.addApi();
    else fleet.addWorker();
  }
  await eventually('the API answers', () => fleet.portage.isReady());
  return old.map(({ name }) => name);
}

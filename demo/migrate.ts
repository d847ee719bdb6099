import { createCallRate } from './call-rate.ts';
import { INSTALLATION } from './configuration.ts';
import type { Fleet } from './fleet.ts';
import { type Migration, type Operation, untilFinished } from './portage.ts';
import { openProgress } from './progress.ts';
import { say } from './say.ts';

const operations: Operation[] = ['create-admins', 'create-panelists'];

/** Posts one migration and waits until it has finished. */
export async function migrateQuietly(
  { portage }: Fleet,
  operation: Operation,
  signal: AbortSignal,
  first?: number,
): Promise<NonNullable<Migration['counts']>> {
  const { id } = await portage.start(INSTALLATION, operation, first);
  await untilFinished(portage, [id], async () => {}, signal);
  const { counts } = await portage.migration(id);
  return counts ?? { eligible: 0, done: 0, failed: 0, skipped: 0 };
}

/** Posts both migrations and shows how they get on until they have finished; resolves to the seconds that took. */
export async function migrate(
  { portage, oktaUrl }: Fleet,
  perMinute: number,
  signal: AbortSignal,
): Promise<number> {
  const startedMs = performance.now();
  const ids: number[] = [];
  for (const operation of operations) {
    const { id, estimate } = await portage.start(INSTALLATION, operation);
    say('people', `${operation}: migration ${id}, ${estimate?.text ?? 'no estimate'}`);
    ids.push(id);
  }
  const callRate = createCallRate(oktaUrl);
  const progress = openProgress(perMinute);
  try {
    const look = async (migrations: Migration[]) =>
      progress.show({ migrations, callsPerMinute: await callRate() });
    await untilFinished(portage, ids, look, signal);
  } finally {
    progress.stop();
  }
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

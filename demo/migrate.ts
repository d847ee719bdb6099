import { INSTALLATION } from './configuration.ts';
import { type Operation, type Portage, untilFinished } from './portage.ts';
import { openProgress } from './progress.ts';
import { say } from './say.ts';

const operations: Operation[] = ['create-admins', 'create-panelists'];

/** Posts both migrations and shows how they get on until they have finished; resolves to the seconds that took. */
export async function migrate(portage: Portage, perMinute: number, signal: AbortSignal): Promise<number> {
  const startedMs = performance.now();
  const ids: number[] = [];
  for (const operation of operations) {
    const { id, estimate } = await portage.start(INSTALLATION, operation);
    say(operation, `migration ${id}: ${estimate?.text ?? 'no estimate'}`);
    ids.push(id);
  }
  const progress = openProgress(perMinute);
  try {
    await untilFinished(portage, ids, progress.show, signal);
  } finally {
    progress.stop();
  }
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

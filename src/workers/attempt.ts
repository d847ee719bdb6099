import type { App } from '../app.ts';
import { standingIn } from '../db/failures.ts';
import { laneOf } from '../domain/lane.ts';
import type { Migration } from '../domain/migration.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { OktaClient } from '../okta/client.ts';
import type { Subject } from './process.ts';
import { processes } from './processes.ts';

/** One attempt at the subject of one job: reads everything again, since the job may be old. */
export async function attempt(
  app: App,
  okta: OktaClient,
  migration: Migration,
  { id, note, answered }: Pick<Subject, 'id' | 'note' | 'answered'>,
  signal: AbortSignal,
): Promise<Outcome> {
  const installation = app.installations.get(migration.installation);
  if (!installation) throw new Error(`Bug: installation ${migration.installation} is not open`);
  const { db } = app;
  const standing = () => standingIn(db, migration.id, id);
  try {
    const lane = laneOf(migration);
    const subject = { id, migration, installation, db, okta, lane, standing, note, answered };
    const outcome = await processes[migration.operation](subject, signal);
    // A call that was cut off by our own end says nothing about Okta.
    const cutOff = signal.aborted && outcome.kind === 'unreachable' && outcome.error.status === 0;
    return cutOff ? { kind: 'stopping' } : outcome;
  } catch (error) {
    if (signal.aborted && (error as Error).name === 'AbortError') return { kind: 'stopping' };
    throw error;
  }
}

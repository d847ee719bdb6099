import type { PoolConnection } from 'mysql2/promise';
import { keptFree } from '../allowances.ts';
import type { App } from '../app.ts';
import { findMigration, insertMigration, unfinishedOf } from '../db/migrations.ts';
import { alone } from '../db/named-lock.ts';
import type { MigrationId } from '../domain/ids.ts';
import { type InTheWay, inTheWay } from '../domain/in-the-way.ts';
import { type Migration, remainingOf } from '../domain/migration.ts';
import { operations } from '../domain/operations.ts';
import { type Estimate, estimate, slowedByMails } from '../domain/progress.ts';
import { errorFields } from '../log.ts';
import { countPeople } from '../producers/count.ts';
import { allowanceOf } from '../producers/queries.ts';
import { SECOND } from '../time.ts';
import { REDIS_MS, within } from '../within.ts';
import type { NewMigration } from './schemas.ts';

/** Counting a million people takes seconds; a server that is slower than this costs only the estimate. */
const COUNT_MS = 15 * SECOND;

export type Recorded = InTheWay | { kind: 'created'; id: MigrationId };

/** Records a migration, once, however often and however simultaneously it is asked for. */
export async function recordMigration(
  app: App,
  { installation, operation, selection = {}, options = {} }: NewMigration,
  createdBy: string,
): Promise<Recorded> {
  return aloneIn(app, { installation, operation }, async (connection) => {
    const unfinished = await unfinishedOf(connection, installation, operation);
    const there = inTheWay(unfinished, { selection, options });
    if (there) return there;
    const wanted = { installation, operation, selection, options, createdBy };
    return { kind: 'created', id: await insertMigration(connection, wanted) };
  });
}

/** Runs `work` while nobody else records or reopens a migration of this operation in this installation. */
export const aloneIn = <T>(
  { db }: App,
  { installation, operation }: Pick<Migration, 'installation' | 'operation'>,
  work: (connection: PoolConnection) => Promise<T>,
): Promise<T> => alone(db, `${operation} ${installation}`, work);

/** Wakes the fleet; should Redis be away, the workers find the migration in MySQL by themselves. */
export async function wakeFleet(app: App, migration: Migration): Promise<void> {
  const allowance = allowanceOf(app, migration);
  try {
    if (allowance) await within(REDIS_MS, app.queues.wake({ kind: 'top-up', ...allowance }));
  } catch (error) {
    app.log.warn({ migrationId: migration.id, ...errorFields(error) }, 'the fleet could not be woken');
  }
}

/** How long a new migration may take; null when its installation cannot be asked now. */
export async function estimateOf(app: App, migration: Migration): Promise<Estimate | null> {
  try {
    const people = remainingOf(migration.counts ?? (await within(COUNT_MS, countPeople(app, migration))));
    const { perMinute, source } = await expectedPace(app, migration);
    const { callsEach = 1 } = operations[migration.operation];
    const calls = { ...estimate(people * callsEach, perMinute, source), people };
    return slowedByMails(calls, people, migration.options);
  } catch (error) {
    app.log.warn({ migrationId: migration.id, ...errorFields(error) }, 'no estimate');
    return null;
  }
}

/** What the hours to come can be expected to allow; as configured when Redis cannot be asked. */
export async function expectedPace(
  app: App,
  migration: Pick<Migration, 'installation' | 'operation'>,
): Promise<{ perMinute: number; source: Exclude<Estimate['source'], 'asked'> }> {
  const allowance = allowanceOf(app, migration);
  const terms = allowance && app.allowances.termsOf(allowance);
  if (!terms) throw new Error(`Bug: ${migration.operation} has no allowance`);
  try {
    const { pace, ceiling } = await within(REDIS_MS, app.limiter.state(allowance));
    // Shut for seconds, it says nothing of the hours to come; what others spend they may go on to.
    return pace.cause === 'others' && pace.perMinute > 0
      ? { perMinute: pace.perMinute, source: 'seen' }
      : { perMinute: ceiling.perMinute, source: ceiling.from === 'okta' ? 'seen' : 'configured' };
  } catch {
    return { perMinute: terms.perMinute - keptFree(terms), source: 'configured' };
  }
}

export async function stored(app: App, id: MigrationId): Promise<Migration> {
  const migration = await findMigration(app.db, id);
  if (!migration) throw new Error(`Bug: migration ${id} is not stored`);
  return migration;
}

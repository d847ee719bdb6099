import { holdForRefusals } from '../db/holds.ts';
import type { Failure } from '../domain/failure.ts';
import { holdOf } from '../domain/hold.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { Verdict } from '../domain/outcome.ts';
import { hold } from '../producers/hold.ts';
import type { Attempted } from './settle.ts';

/** Counts what went badly, and holds a migration in which most does: then it is not about these people. */
export async function doubt(
  { app, tally, job, migration, place }: Attempted,
  kind: Verdict['tally'],
  { code, okta }: Failure,
): Promise<void> {
  if (kind === 'not-counted') return;
  const { id } = migration;
  const at = (await place) ?? (await tally.next(id));
  const crowd = await tally.note(id, kind, { place: at, subjectId: job.data.subjectId });
  if (crowd.length === 0) return;
  if (kind === 'unreachable') await hold(app, migration, holdOf('okta', okta));
  else {
    const people = crowd.map(({ subjectId }) => subjectId as SubjectId);
    if (!(await holdForRefusals(app.db, id, holdOf('refusals', okta, code), people))) return;
    app.log.error({ migrationId: id, people: people.length, cause: 'refusals' }, 'migrations held');
  }
  await tally.forget(id);
}

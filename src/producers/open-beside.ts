import type { SubjectId } from '../domain/ids.ts';
import type { Selection } from '../domain/selection.ts';
import type { Query } from '../efs/source.ts';

/** Ids of one statement. */
const MOST_IDS = 10_000;

/** How many are eligible, not done, and none of these, who have failed. */
export async function openBeside(
  query: Query,
  { selection, throughId }: { selection: Selection; throughId: number | null },
  failed: SubjectId[],
): Promise<number> {
  const open = await notDone(query, selection, throughId);
  if (open === 0) return 0;
  // Of those who have failed some may be done since, or gone: only who is not done counts.
  return Math.max(0, open - (await openAmong(query, { selection, throughId }, failed)));
}

/** How many of these are eligible and not done. */
export async function openAmong(
  query: Query,
  { selection, throughId }: { selection: Selection; throughId: number | null },
  ids: SubjectId[],
): Promise<number> {
  let open = 0;
  for (let at = 0; at < ids.length; at += MOST_IDS)
    open += await notDone(query, { ...selection, ids: ids.slice(at, at + MOST_IDS) }, throughId);
  return open;
}

async function notDone(query: Query, part: Selection, throughId: number | null): Promise<number> {
  const { eligible, done } = await query.count(part, throughId);
  return eligible - done;
}

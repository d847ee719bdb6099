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
  const notDone = async (part: Selection) => {
    const { eligible, done } = await query.count(part, throughId);
    return eligible - done;
  };
  let open = await notDone(selection);
  if (open === 0) return 0;
  // Of those who have failed some may be done since, or gone: only who is not done counts.
  for (let at = 0; at < failed.length; at += MOST_IDS)
    open -= await notDone({ ...selection, ids: failed.slice(at, at + MOST_IDS) });
  return Math.max(0, open);
}

import type { MigrationId } from './ids.ts';
import type { Migration } from './migration.ts';
import { optionsKey } from './options.ts';
import { overlap, selectionKey } from './selection.ts';

/** existing: the same one is unfinished. overlapping: another one may be about some of the same people. */
export interface InTheWay {
  kind: 'existing' | 'overlapping';
  id: MigrationId;
}

/** What is in the way of a migration, of the unfinished ones of its operation and installation. */
export function inTheWay(
  unfinished: readonly Migration[],
  { selection, options }: Pick<Migration, 'selection' | 'options'>,
): InTheWay | null {
  const same = unfinished.find(
    (each) =>
      selectionKey(each.selection) === selectionKey(selection) &&
      optionsKey(each.options) === optionsKey(options),
  );
  if (same) return { kind: 'existing', id: same.id };
  const other = unfinished.find((each) => overlap(each.selection, selection));
  return other ? { kind: 'overlapping', id: other.id } : null;
}

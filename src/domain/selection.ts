/** The part of an installation that a migration is about; an empty one means everybody. */
export interface Selection {
  /** Only the panelists of this portal, and only their references to it. */
  portal?: number;
  /** Only these people. */
  ids?: number[];
  /** Only the first so many eligible people, in the order of their ids. */
  first?: number;
}

/** Equal selections have equal texts. */
export function selectionKey({ portal, ids, first }: Selection): string {
  return JSON.stringify({
    ...(portal !== undefined && { portal }),
    ...(ids && { ids: [...new Set(ids)].sort((a, b) => a - b) }),
    ...(first !== undefined && { first }),
  });
}

/**
 * Whether two selections may have a person in common. Only lists of ids without a common one are surely
 * apart: a panelist can be in several portals, and must not be created by two migrations at once.
 */
export function overlap(one: Selection, other: Selection): boolean {
  if (!one.ids || !other.ids) return true;
  const known = new Set(one.ids);
  return other.ids.some((id) => known.has(id));
}

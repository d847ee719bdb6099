/** Ids that may be used once, remembered until what they belong to has expired anyway. */
export interface UsedIds {
  /** False: it was used before. */
  use(id: string, untilMs: number, nowMs: number): boolean;
}

const PRUNE_AT = 10_000;

export function createUsedIds(): UsedIds {
  const used = new Map<string, number>();
  return {
    use(id, untilMs, nowMs) {
      if ((used.get(id) ?? 0) > nowMs) return false;
      if (used.size >= PRUNE_AT) for (const [old, endsMs] of used) if (endsMs <= nowMs) used.delete(old);
      used.set(id, untilMs);
      return true;
    },
  };
}

/** What is kept free of a bucket for others: calls a minute, or a share of the bucket as configured: `30%`. */
export type KeepFree = number | string;

export const sharePattern = '^[1-9]?[0-9]%$';

export const isKeepFree = (value: unknown): value is KeepFree =>
  typeof value === 'string' ? new RegExp(sharePattern).test(value) : Number.isInteger(value);

/** In calls a minute; a share is rounded up. */
export function keepFreePerMinute(keepFree: KeepFree, perMinute: number): number {
  return typeof keepFree === 'number'
    ? keepFree
    : Math.ceil((Number.parseInt(keepFree, 10) * perMinute) / 100);
}

/** What is wrong with keeping so much free of a bucket of so many calls; undefined when nothing is. */
export function keepFreeFault(keepFree: KeepFree, perMinute: number): string | undefined {
  return keepFreePerMinute(keepFree, perMinute) < perMinute
    ? undefined
    : `must leave at least one of ${perMinute} calls a minute`;
}

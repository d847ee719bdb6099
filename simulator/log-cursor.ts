/** Where a page of the log ended; for the caller it is opaque. */
export type LogCursor =
  | { readonly kind: 'polling'; readonly index: number }
  | {
      readonly kind: 'bounded';
      readonly index: number;
      readonly publishedMs: number;
      readonly sinceMs: number;
    };

export function encodeLogCursor(cursor: LogCursor): string {
  const numbers =
    cursor.kind === 'polling' ? [cursor.index] : [cursor.index, cursor.publishedMs, cursor.sinceMs];
  return Buffer.from(numbers.join('.')).toString('base64url');
}

export function decodeLogCursor(text: string): LogCursor | null {
  const numbers = Buffer.from(text, 'base64url').toString().split('.').map(Number);
  const [index = Number.NaN, publishedMs, sinceMs] = numbers;
  if (numbers.some((number) => !Number.isInteger(number))) return null;
  if (publishedMs === undefined) return { kind: 'polling', index };
  return sinceMs === undefined ? null : { kind: 'bounded', index, publishedMs, sinceMs };
}

import type { Answer } from './answer.ts';
import { illegalArgument, invalidPaging } from './errors.ts';

/** Page sizes in items: without `limit`, and the most that a caller gets whatever he asks for. */
export interface PageLimit {
  readonly fallback: number;
  readonly most: number;
  /** The least, where there is one. */
  readonly least?: number;
}

/**
 * One page of what `walk` yields after the cursor and `matches`. The cursor hides the last id of the page and, where a
 * list is sorted by something else, the key of that item as it was: it may change or go before the next page.
 */
export function pageOf<T extends { readonly id: string }>(
  url: URL,
  limit: PageLimit,
  walk: (after: string | undefined, key: unknown) => Iterable<T>,
  matches: (item: T) => boolean,
  show: (item: T) => unknown,
  keyOf: (item: T) => unknown = () => undefined,
): Answer {
  const size = readLimit(url, limit);
  if (size === null) return illegalArgument('limit');
  const cursor = url.searchParams.get('after');
  const after = cursor === null ? { id: undefined, key: undefined } : decodeCursor(cursor);
  if (after === null) return invalidPaging;

  const items = take(walk(after.id, after.key), matches, size + 1);
  const page = items.slice(0, size);
  const last = items.length > size ? page.at(-1) : undefined;
  const next = last === undefined ? null : encodeCursor(last.id, keyOf(last));
  return { kind: 'page', items: page.map(show), after: next };
}

/** The Link headers of a page, one each, with `after` and nothing else changed. Okta, pagination. */
export function linksOf(url: URL, after: string | null): string[] {
  const self = `<${url.href}>; rel="self"`;
  if (after === null) return [self];
  const next = new URL(url);
  next.searchParams.set('after', after);
  // Okta, System Log API: `since` and `after` exclude each other.
  next.searchParams.delete('since');
  return [self, `<${next.href}>; rel="next"`];
}

function readLimit(url: URL, { fallback, most, least = 1 }: PageLimit): number | null {
  const limit = Number(url.searchParams.get('limit') ?? fallback);
  return Number.isInteger(limit) && limit > 0 ? Math.max(least, Math.min(limit, most)) : null;
}

function take<T>(items: Iterable<T>, matches: (item: T) => boolean, most: number): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (matches(item)) taken.push(item);
    if (taken.length === most) break;
  }
  return taken;
}

function encodeCursor(id: string, key: unknown): string {
  return `200${Buffer.from(id + (JSON.stringify(key) ?? '')).toString('base64url')}`;
}

function decodeCursor(cursor: string): { readonly id: string; readonly key: unknown } | null {
  const text = Buffer.from(cursor.slice(3), 'base64url').toString();
  const [, id, rest = ''] = /^(0(?:0[ug]|oa|pr)\w{17})(.*)$/s.exec(text) ?? [];
  if (id === undefined) return null;
  try {
    const key: unknown = rest === '' ? undefined : JSON.parse(rest);
    return encodeCursor(id, key) === cursor ? { id, key } : null;
  } catch {
    return null;
  }
}

import type { Answer, Call } from './answer.ts';
import { illegalArgument, invalidPaging } from './errors.ts';
import { decodeLogCursor, encodeLogCursor, type LogCursor } from './log-cursor.ts';
import { toLogEvent } from './log-event.ts';
import { type LogQuery, parseLogQuery } from './log-query.ts';
import type { LogRecord } from './log-record.ts';
import type { Org } from './org.ts';
import type { Ring } from './ring.ts';

/**
 * GET /api/v1/logs. Without `until`, ascending, it polls: in the order of writing, with a next page for ever.
 * Bounded, it is ordered by time of publication, and ends. Okta, System Log API: list.
 */
export function listLogs(org: Org, { url }: Call): Answer {
  const query = parseLogQuery(url.searchParams, Date.now());
  if (query.kind === 'error') return query;
  const text = url.searchParams.get('after');
  // INFERRED: Okta says only that the two exclude each other.
  if (text !== null && url.searchParams.has('since')) return illegalArgument('since');
  const cursor = text === null ? null : decodeLogCursor(text);
  if (text !== null && (cursor === null || cursor.kind !== query.value.kind)) return invalidPaging;
  return cursor?.kind === 'polling' || query.value.kind === 'polling'
    ? poll(org.log.records, query.value, cursor?.kind === 'polling' ? cursor.index : null)
    : readBounded(org.log.records, query.value, cursor?.kind === 'bounded' ? cursor : null);
}

/** Whoever polls on gets what was written since, also what was published before; nothing is skipped. */
function poll(records: Ring<LogRecord>, query: LogQuery, index: number | null): Answer {
  const items: unknown[] = [];
  let next = Math.max(index ?? 0, records.first);
  for (const [at, record] of records.from(next)) {
    if (items.length === query.limit) break;
    next = at + 1;
    if (index === null && record.publishedMs < query.sinceMs) continue;
    const event = toLogEvent(record);
    if (query.passes(event)) items.push(event);
  }
  return { kind: 'page', items, after: encodeLogCursor({ kind: 'polling', index: next }) };
}

type Bounded = Extract<LogCursor, { kind: 'bounded' }>;
type Placed = readonly [index: number, record: LogRecord];

function readBounded(records: Ring<LogRecord>, query: LogQuery, cursor: Bounded | null): Answer {
  const sinceMs = cursor?.sinceMs ?? query.sinceMs;
  const isIn = ({ publishedMs }: LogRecord) => publishedMs >= sinceMs && publishedMs < query.untilMs;
  const compare = (a: Placed, b: Placed) => query.direction * byPublication(a, b);
  const sorted = [...records.from(0)].filter(([, record]) => isIn(record)).sort(compare);
  const left = sorted.filter((placed) => cursor === null || query.direction * toCursor(placed, cursor) > 0);
  const items: unknown[] = [];
  let last: Placed | null = null;
  for (const placed of left) {
    const event = toLogEvent(placed[1]);
    if (!query.passes(event)) continue;
    if (items.length === query.limit) return { kind: 'page', items, after: cursorAt(last, sinceMs) };
    items.push(event);
    last = placed;
  }
  return { kind: 'page', items, after: null };
}

function byPublication([i, a]: Placed, [j, b]: Placed): number {
  return a.publishedMs - b.publishedMs || i - j;
}

function toCursor([index, { publishedMs }]: Placed, cursor: Bounded): number {
  return publishedMs - cursor.publishedMs || index - cursor.index;
}

function cursorAt(last: Placed | null, sinceMs: number): string | null {
  if (last === null) return null;
  const [index, { publishedMs }] = last;
  return encodeLogCursor({ kind: 'bounded', index, publishedMs, sinceMs });
}

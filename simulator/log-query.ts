import { type Checked, type ErrorAnswer, illegalArgument, ok } from './errors.ts';
import { isRecord } from './json.ts';
import { matches, type Read } from './matches.ts';
import { comparisonsIn, parseExpression } from './scim.ts';

const DAY = 24 * 60 * 60_000;
const DEFAULT_SPAN_MS = 7 * DAY;
const RETENTION_MS = 180 * DAY;
const LIMIT = { fallback: 100, most: 1000 };
const KEYWORDS = { most: 10, longest: 40 };

type Event = Readonly<Record<string, unknown>>;

/** What a caller of the log wants; times are wall-clock milliseconds. */
export interface LogQuery {
  readonly kind: 'polling' | 'bounded';
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  readonly limit: number;
  /** 1 is ascending. */
  readonly direction: 1 | -1;
  readonly passes: (event: Event) => boolean;
}

/** Okta, System Log API: list. */
export function parseLogQuery(params: URLSearchParams, nowMs: number): Checked<LogQuery> {
  const order = params.get('sortOrder') ?? 'ASCENDING';
  if (order !== 'ASCENDING' && order !== 'DESCENDING') return illegalArgument('sortOrder');
  const untilMs = readTime(params.get('until'), nowMs + 1);
  if (untilMs === null) return invalidFilter('until');
  const sinceMs = readTime(params.get('since'), untilMs - DEFAULT_SPAN_MS);
  if (sinceMs === null || sinceMs < nowMs - RETENTION_MS) return invalidFilter('since');
  const limit = Number(params.get('limit') ?? LIMIT.fallback);
  if (!Number.isInteger(limit) || limit < 0) return illegalArgument('limit');
  const filter = params.get('filter');
  const expression = filter === null ? null : parseExpression(filter);
  if (filter !== null && (expression === null || comparisonsIn(expression).some(isAboutTime)))
    return invalidFilter(filter);
  const keywords = (params.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (keywords.length > KEYWORDS.most || keywords.some(({ length }) => length > KEYWORDS.longest)) {
    return illegalArgument('q');
  }
  return ok({
    kind: params.has('until') || order === 'DESCENDING' ? 'bounded' : 'polling',
    sinceMs,
    untilMs,
    limit: Math.min(limit, LIMIT.most),
    direction: order === 'ASCENDING' ? 1 : -1,
    passes: (event) =>
      (expression === null || matches(expression, readerOf(event), 'exact')) && hasAll(event, keywords),
  });
}

function readTime(text: string | null, fallbackMs: number): number | null {
  if (text === null) return fallbackMs;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** The code is documented for a time beyond retention; that a bad filter has it too is INFERRED, and the wording. */
function invalidFilter(what: string): ErrorAnswer {
  return {
    kind: 'error',
    error: { status: 400, code: 'E0000053', summary: `Invalid filter '${what}'`, causes: [] },
  };
}

function isAboutTime({ attribute }: { readonly attribute: string }): boolean {
  return attribute === 'published';
}

/** `target.id` is the id of each target. */
function readerOf(event: Event): Read {
  return (attribute) => walk(event, attribute.split('.'));
}

function walk(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(value)) return value.flatMap((item: unknown) => walk(item, path) ?? []);
  return isRecord(value) ? walk(value[name], rest) : undefined;
}

function hasAll(event: Event, keywords: readonly string[]): boolean {
  if (keywords.length === 0) return true;
  const text = JSON.stringify(event).toLowerCase();
  return keywords.every((keyword) => text.includes(keyword));
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Seen } from './limiter.ts';

const SECOND = 1_000;

/** The reset and the date are whole seconds, each up to one off (Okta, Rate limits; Okta's SDKs add the same). */
const ROUNDING_MS = 1 * SECOND;
/** Too many calls at once, not too many a minute: the reset that Okta states then is a bad guess. */
const CONCURRENCY_WAIT_MS = { least: 1 * SECOND, most: 4 * SECOND };
/** A 429 for something else than a bucket, such as mails to one person: Okta asks for five seconds. */
const OTHER_WAIT_MS = { least: 5 * SECOND, most: 8 * SECOND };
/** Okta's code of a 429 for the rate. */
const RATE = 'E0000047';

const NOTHING: Seen = {
  limit: null,
  remaining: null,
  reset: null,
  resetInMs: null,
  closeForMs: null,
  crowded: false,
};

/**
 * What the `X-Rate-Limit-*` headers say. The reset is taken against the `Date` header, both by Okta's clock,
 * so that ours need not be right. A 429 with something left is not for the rate, unless Okta's code says so: then it may
 * be the whole org's.
 */
export function seenIn(status: number, headers: IncomingHttpHeaders, windowMs: number, code = ''): Seen {
  const limit = wholeNumber(headers['x-rate-limit-limit']);
  if (limit === 0) return { ...NOTHING, crowded: status === 429 };
  const remaining = wholeNumber(headers['x-rate-limit-remaining']);
  const { reset, resetInMs } = resetIn(headers, windowMs);
  const wait = resetInMs === null ? windowMs : resetInMs + ROUNDING_MS;
  const isForRate = status === 429 && (code === RATE || (remaining ?? 0) === 0);
  const closeForMs = isForRate ? wait : null;
  return { limit, remaining, reset, resetInMs, closeForMs, crowded: false };
}

/** How long one refused call waits before it asks for a turn again. */
export function waitAfter429(seen: Seen, random = Math.random): number {
  const { least, most } = seen.crowded ? CONCURRENCY_WAIT_MS : OTHER_WAIT_MS;
  return seen.closeForMs ?? least + random() * (most - least);
}

/** What is farther from the date than two windows is no reset: taken for one, it would outlast all that follow. */
function resetIn(headers: IncomingHttpHeaders, windowMs: number): Pick<Seen, 'reset' | 'resetInMs'> {
  const reset = wholeNumber(headers['x-rate-limit-reset']);
  const untilMs = (reset ?? Number.NaN) * SECOND - Date.parse(headers.date ?? '');
  if (Number.isNaN(untilMs)) return { reset, resetInMs: null };
  if (Math.abs(untilMs) > 2 * windowMs + ROUNDING_MS) return { reset: null, resetInMs: null };
  return { reset, resetInMs: Math.min(Math.max(0, untilMs), windowMs) };
}

/** A header that came twice is one text with a comma; the smaller number is the one to trust. */
function wholeNumber(header: string | string[] | undefined): number | null {
  const numbers = [header ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .filter((text) => /^\s*\d+\s*$/.test(text))
    .map(Number);
  return numbers.length > 0 ? Math.min(...numbers) : null;
}

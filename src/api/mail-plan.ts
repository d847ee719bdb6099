import type { App } from '../app.ts';
import { isMailing, operations } from '../domain/operations.ts';
import type { Wanted } from '../producers/preflight.ts';
import { lastIdOf, queryOf } from '../producers/queries.ts';
import { DAY, MINUTE } from '../time.ts';
import { expectedPace } from './start-migration.ts';

const PAGE_ROWS = 1_000;
const HEADER = ['id', 'kind', 'planned', 'mail'];

/** Who would get a mail when, as lines of CSV (RFC 4180): by id, at the pace that is to be expected from now on. */
export async function* mailPlan(app: App, wanted: Wanted, nowMs = Date.now()): AsyncGenerator<string> {
  yield csvLine(HEADER);
  const { subject: kind } = operations[wanted.operation];
  const source = kind === 'portal' ? undefined : app.installations.get(wanted.installation)?.sources[kind];
  if (!isMailing(wanted.operation) || !source) return;
  const { perMinute } = await expectedPace(app, wanted);
  const planned = mailTimes(nowMs, { ...wanted.options, perMinute });
  const query = queryOf(app, wanted);
  const throughId = await lastIdOf(query, wanted.selection);
  for (let afterId = 0; ; ) {
    const page = await query.page(wanted.selection, throughId, afterId, PAGE_ROWS);
    if (page.lastId === null) return;
    const mails = await source.mailsOf(page.wanted);
    for (const id of page.wanted) {
      const at = planned.next().value;
      yield csvLine([String(id), kind, new Date(at).toISOString(), mails.get(id) ?? '']);
    }
    afterId = page.lastId;
  }
}

interface MailPace {
  /** Of the allowance. */
  perMinute: number;
  mailsPerMinute?: number;
  mailsPerDay?: number;
}

/** When one mail after the other goes out, in milliseconds: evenly, and no more in a day than are allowed. */
export function* mailTimes(
  fromMs: number,
  { perMinute, mailsPerMinute = Infinity, mailsPerDay = Infinity }: MailPace,
): Generator<number, never, undefined> {
  const gapMs = MINUTE / Math.min(perMinute, mailsPerMinute);
  for (let dayMs = fromMs; ; dayMs += DAY) {
    for (let n = 0; n < mailsPerDay && n * gapMs < DAY; n += 1) yield dayMs + n * gapMs;
  }
}

/** What a spreadsheet would take for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

export function csvLine(cells: string[]): string {
  return `${cells.map((cell) => quoted(FORMULA.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`;
}

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

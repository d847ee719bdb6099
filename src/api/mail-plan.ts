import type { App } from '../app.ts';
import { mailTime } from '../domain/mail-time.ts';
import { isMailing, operations } from '../domain/operations.ts';
import type { Wanted } from '../producers/preflight.ts';
import { toMail } from '../producers/to-mail.ts';
import { expectedPace } from './start-migration.ts';

const HEADER = ['id', 'kind', 'planned', 'mail'];

/** Who would get a mail when, as lines of CSV (RFC 4180): by id, at the pace that is to be expected from now on. */
export async function* mailPlan(app: App, wanted: Wanted, nowMs = Date.now()): AsyncGenerator<string> {
  yield csvLine(HEADER);
  const { subject: kind } = operations[wanted.operation];
  const source = kind === 'portal' ? undefined : app.installations.get(wanted.installation)?.sources[kind];
  if (!isMailing(wanted.operation) || !source) return;
  const { perMinute } = await expectedPace(app, wanted);
  const pace = { ...wanted.options, perMinute };
  let mails = 0;
  for await (const ids of toMail(app, wanted)) {
    const addresses = await source.mailsOf(ids);
    for (const id of ids) {
      const planned = new Date(nowMs + mailTime(mails, pace));
      yield csvLine([String(id), kind, planned.toISOString(), (addresses.get(id) ?? '').trim()]);
      mails += 1;
    }
  }
}

/** What a spreadsheet would take for a formula (OWASP, CSV injection), white space before it or not. */
const FORMULA = /^\s*[=+\-@\t\r]/;
/** The same where the spreadsheet begins a cell at something else than a comma, as German ones do. */
const INNER_FORMULA = /([;|\t\r\n]["'\s]*)([=+\-@])/g;

export function csvLine(cells: string[]): string {
  return `${cells.map((cell) => quoted(harmless(cell))).join(',')}\r\n`;
}

const harmless = (cell: string) => (FORMULA.test(cell) ? "'" : '') + cell.replaceAll(INNER_FORMULA, "$1'$2");

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

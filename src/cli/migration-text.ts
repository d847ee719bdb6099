import type { Migration } from '../api/schemas.ts';
import { duration } from '../domain/progress.ts';
import { SECOND } from '../time.ts';
import { colour, number } from './output.ts';
import { reasonsOf } from './preflight.ts';
import { table } from './table.ts';

/** Portals or people. */
const subjectOf = ({ operation }: Migration) => (operation.endsWith('-portals') ? 'portals' : 'people');

export const nameOf = ({ id, operation, installation }: Migration) =>
  `migration ${id}, ${operation} of ${installation}`;

/** A migration in lines, as an operator wants to know of it. */
export function migrationText(migration: Migration): string {
  const { state, selection, options, wait, createdAt, createdBy, finishedAt } = migration;
  const only = [
    ...(selection.portal === undefined ? [] : [`portal ${selection.portal}`]),
    ...(selection.first === undefined ? [] : [`the first ${number(selection.first)}`]),
    ...(selection.ids ? [`${number(selection.ids.length)} chosen`] : []),
  ];
  const chosen = Object.entries(options).map(([name, value]) => `${name} ${String(value)}`);
  const facts: [string, string | null][] = [
    ['state', stateText(migration)],
    ['only', only.join(', ') || null],
    ['options', chosen.join(', ') || null],
    ['progress', progressText(migration)],
    ['left out', skippedText(migration)],
    ['wait', state === 'finished' ? null : (wait?.message ?? null)],
    ['started', createdBy === null ? createdAt : `${createdAt} by ${createdBy}`],
    ['finished', finishedAt],
  ];
  const lines = facts.flatMap(([name, fact]) => (fact === null ? [] : [`  ${name.padEnd(8)}  ${fact}`]));
  return [colour('bold', capital(nameOf(migration))), ...lines].join('\n');
}

/** What has become of it, in a sentence. */
export function endText(migration: Migration): string {
  const { id, counts, state, wait } = migration;
  const [name, subject] = [capital(nameOf(migration)), subjectOf(migration)];
  if (state === 'held') return `${name} is held: ${wait?.message ?? ''}\n  portage resume ${id}`;
  if (state === 'paused') return `${name} is paused.\n  portage resume ${id}`;
  if (!counts) return `${name} has finished.`;
  const { done, failed, skipped } = counts;
  const all = `${name} has finished: ${number(done)} ${subject} done, ${number(failed)} failed, ${number(skipped)} left out.`;
  return failed > 0 ? `${colour('yellow', all)}\n  portage failures ${id}` : colour('green', all);
}

export function progressText({ counts, ratePerMinute, etaSeconds }: Migration): string {
  if (!counts) return 'counting';
  const { eligible, done, failed, remaining } = counts;
  return [
    `${number(done)} of ${number(eligible)} done`,
    ...(failed > 0 ? [colour('yellow', `${number(failed)} failed`)] : []),
    ...(remaining > 0 ? [`${number(remaining)} remaining`] : []),
    ...(ratePerMinute === null ? [] : [`${number(ratePerMinute)}/min`]),
    ...(etaSeconds === null || remaining === 0 ? [] : [`${duration(etaSeconds * SECOND)} left`]),
  ].join(', ');
}

const skippedText = ({ counts }: Migration): string | null =>
  counts && counts.skipped > 0 ? number(counts.skipped) + reasonsOf(counts.skippedBy) : null;

function stateText({ state, heldCause }: Migration): string {
  switch (state) {
    case 'held':
      return colour('red', `held: ${heldCause ?? 'unknown'}`);
    case 'paused':
      return colour('yellow', state);
    case 'finished':
      return colour('green', state);
    case 'running':
      return state;
  }
}

/** Migrations as a table, one a line. */
export function migrationTable(migrations: Migration[]): string {
  if (migrations.length === 0) return 'There is no migration. `portage start --help` shows how to start one.';
  const headings = [
    'ID',
    'INSTALLATION',
    'OPERATION',
    'STATE',
    'ELIGIBLE',
    'DONE',
    'FAILED',
    'LEFT OUT',
    'WAIT',
  ];
  const rows = migrations.map((each) => [
    each.id,
    each.installation,
    each.operation,
    each.state,
    each.counts?.eligible ?? null,
    each.counts?.done ?? null,
    each.counts?.failed ?? null,
    each.counts?.skipped ?? null,
    each.wait?.message ?? '',
  ]);
  return table(headings, rows);
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

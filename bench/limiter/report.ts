import type { Figures } from './figures.ts';
import type { LimiterName } from './limiters.ts';
import type { Options } from './options.ts';

export type Results = Partial<Record<LimiterName, Figures>>;

/** The figures for people: a table as Markdown has it. */
export function toTable(results: Results, { outsiders }: Options): string {
  const hasOutsiders = outsiders > 0;
  const head = [
    '',
    'max in any window',
    '429s',
    ...(hasOutsiders ? ["outsiders' 429s"] : []),
    'utilisation',
    ...(hasOutsiders ? ['of the bucket, with outsiders'] : []),
    'longest gap',
    'Redis commands a call',
  ];
  const rows = Object.entries(results).map(([name, figures]) => [
    name,
    `${figures.maxInWindow}`,
    `${figures.throttled}`,
    ...(hasOutsiders ? [`${figures.outsidersThrottled}`] : []),
    percent(figures.utilisation),
    ...(hasOutsiders ? [percent(figures.bucketUtilisation)] : []),
    `${Math.round(figures.longestGapMs)} ms`,
    figures.redisCommandsPerCall.toFixed(2),
  ]);
  return aligned([head, ...rows]);
}

/** The figures as one line for programs. */
export function toJson(results: Results, { outsiders }: Options): string {
  const rounded = Object.entries(results).map(([name, { bucketUtilisation, ...figures }]) => [
    name,
    {
      ...figures,
      utilisation: round(figures.utilisation, 4),
      ...(outsiders > 0 && { bucketUtilisation: round(bucketUtilisation, 4) }),
      longestGapMs: round(figures.longestGapMs, 0),
      redisCommandsPerCall: round(figures.redisCommandsPerCall, 2),
    },
  ]);
  return JSON.stringify({ limiters: Object.fromEntries(rounded) });
}

/** The targets that Portage has missed, each a sentence. */
export function missedTargets(figures: Figures, options: Options): string[] {
  const { throttled, outsidersThrottled, maxInWindow, allowance, redisCommandsPerCall } = figures;
  const [used, least] =
    options.outsiders > 0
      ? [figures.bucketUtilisation, LEAST_WITH_OUTSIDERS]
      : [figures.utilisation, leastUtilisation(options)];
  return [
    ...(maxInWindow > allowance ? [`${maxInWindow} calls in a window, wanted ${allowance} at most`] : []),
    ...(used < least ? [`${percent(used)} of the bucket used, wanted ${percent(least)}`] : []),
    ...(throttled > 0 ? [`${throttled} calls answered 429, wanted none`] : []),
    ...(outsidersThrottled > 0 ? [`${outsidersThrottled} calls of outsiders answered 429, wanted none`] : []),
    ...(round(redisCommandsPerCall, 2) > MOST_COMMANDS
      ? [`${redisCommandsPerCall.toFixed(2)} Redis commands a call, wanted ${MOST_COMMANDS} at most`]
      : []),
  ];
}

/** As shown: a process' first booking comes to nothing more often than the others. */
const MOST_COMMANDS = 2;
const LEAST_WITH_OUTSIDERS = 0.97;
/** In a window of 6 s. */
const LEAST_FAST = 0.97;

/** A way that differs more from call to call costs more of the allowance. */
function leastUtilisation({ fast, jitterMs }: Options): number {
  if (fast) return LEAST_FAST;
  if (jitterMs <= 100) return 0.995;
  return jitterMs <= 250 ? 0.99 : 0;
}

function aligned([head = [], ...rows]: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [head, rule, ...rows].map(line).join('\n');
}

const pad = (cell: string, width: number, column: number) =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const round = (value: number, digits: number) => Number(value.toFixed(digits));

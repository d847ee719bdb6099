import type { Preflight } from '../api/preflight-schemas.ts';
import { colour, number } from './output.ts';

type Finding = Preflight['findings'][number];

export const errorsOf = ({ findings }: Preflight): number =>
  findings.filter(({ severity }) => severity === 'error').length;

/** A pre-flight in lines: what would become of whom, what it would cost, and what was found. */
export function preflightText(preflight: Preflight): string {
  const { operation, installation, counts, expected, calls, mails, allowance, forecast, findings } =
    preflight;
  const facts: [string, string | null | undefined][] = [
    ['eligible', counts && `${number(counts.eligible)}, of whom ${number(counts.done)} are done`],
    ['left out', counts && number(counts.skipped) + reasonsOf(counts.skippedBy)],
    [
      'would be',
      expected &&
        `${number(expected.done)} done, ${number(expected.failed)} failed${reasonsOf(expected.failedBy)}`,
    ],
    ['calls', `${number(calls)}${mails > 0 ? `, ${number(mails)} mails` : ''}`],
    ['pace', allowance?.summary],
    ['time', forecast?.now.text],
    [
      'beside',
      forecast?.beside && `${forecast.beside.text}, beside ${forecast.beside.migrations.join(', ')}`,
    ],
  ];
  return [
    colour('bold', `Pre-flight of ${operation} of ${installation}: nothing was written`),
    ...facts.flatMap(([name, fact]) => (fact ? [`  ${name.padEnd(8)}  ${fact}`] : [])),
    ...findings.map(findingText),
    ...(findings.length === 0 ? [colour('green', '  nothing was found that is in the way')] : []),
  ].join('\n');
}

/** ` (12 status, 3 no_portal)`. */
export function reasonsOf(by: Readonly<Record<string, number | undefined>>): string {
  const reasons = Object.entries(by).map(([reason, n = 0]) => `${number(n)} ${reason}`);
  return reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
}

const COLOURS = { error: 'red', warning: 'yellow', info: 'dim' } as const;

function findingText({ severity, code, message, count, examples }: Finding): string {
  const mark = colour(COLOURS[severity], severity.padEnd(8));
  const many = count ? `${number(count)} × ` : '';
  const more = (count ?? 0) > examples.length ? ', ...' : '';
  const who = examples.length > 0 ? ` [${examples.join(', ')}${more}]` : '';
  return `  ${mark}  ${many}${code}: ${message}${who}`;
}

import { colour, number } from './output.ts';

/** What the API finds before anything is done, as far as the CLI knows of it. */
export interface Preflight {
  operation: string;
  counts?: Record<string, unknown>;
  findings: { severity: string; code: string; message: string; count?: number | null }[];
  forecast?: unknown;
}

const isError = ({ severity }: Preflight['findings'][number]) => severity === 'error';
export const errorsOf = ({ findings }: Preflight): number => findings.filter(isError).length;

/** A pre-flight in lines: numbers, then what was found, then how long it may take. */
export function preflightText(preflight: Preflight): string {
  const { operation, counts = {}, findings, forecast } = preflight;
  return [
    colour('bold', `Pre-flight of ${operation}: nothing has been written`),
    ...factLines(counts),
    ...findings.map(findingText),
    ...(findings.length === 0 ? [colour('green', '  nothing was found that is in the way')] : []),
    ...(forecast === undefined || forecast === null ? [] : forecastLines(forecast)),
  ].join('\n');
}

function findingText({ severity, code, message, count }: Preflight['findings'][number]): string {
  const mark = colour(
    severity === 'error' ? 'red' : severity === 'warning' ? 'yellow' : 'dim',
    severity.padEnd(7),
  );
  const many = count === undefined || count === null ? '' : `${number(count)} × `;
  return `  ${mark}  ${many}${code}: ${message}`;
}

/** `eligible  277`, and of a part `skippedBy  12 status, 3 no_portal`. */
function factLines(facts: Record<string, unknown>): string[] {
  return Object.entries(facts).map(([name, fact]) => `  ${name.padEnd(10)}  ${factText(fact)}`);
}

function factText(fact: unknown): string {
  if (typeof fact === 'number') return number(fact);
  if (typeof fact !== 'object' || fact === null) return fact === null ? '-' : String(fact);
  if ('text' in fact && typeof fact.text === 'string') return fact.text;
  return Object.entries(fact)
    .map(([name, value]) => `${factText(value)} ${name}`)
    .join(', ');
}

const forecastLines = (forecast: unknown): string[] =>
  typeof forecast === 'object' && forecast !== null && !('text' in forecast)
    ? factLines(forecast as Record<string, unknown>)
    : [`  ${'forecast'.padEnd(10)}  ${factText(forecast)}`];

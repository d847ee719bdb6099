import { parseArgs } from 'node:util';

/** A number of the command line. */
export interface Rule {
  fallback: number;
  least: number;
  most: number;
  help: string;
  /** Not only whole numbers. */
  isFraction?: boolean;
}

/** What `--name` says; what is wrong about it becomes a fault. */
export function readNumber(name: string, rule: Rule, given: unknown, faults: string[]): number {
  const { fallback, least, most, isFraction = false } = rule;
  if (given === undefined) return fallback;
  const pattern = isFraction ? /^\d+(\.\d+)?$/ : /^\d+$/;
  const value = typeof given === 'string' && pattern.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  faults.push(`--${name}: wanted a ${isFraction ? '' : 'whole '}number from ${least} to ${most}`);
  return fallback;
}

/** The values of the command line; what is not in it, or misspelt, becomes a fault. */
export function readArguments(
  argv: readonly string[],
  strings: readonly string[],
  switches: readonly string[],
  faults: string[],
): Record<string, unknown> {
  const options = Object.fromEntries([
    ...strings.map((name) => [name, { type: 'string' }] as const),
    ...switches.map((name) => [name, { type: 'boolean' }] as const),
  ]);
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    faults.push((error as Error).message);
    return {};
  }
}

/** The lines of the usage that name the numbers. */
export function numbersText(numbers: Readonly<Record<string, Rule>>): string[] {
  return Object.entries(numbers).map(([name, { fallback, help }]) =>
    usageLine(`${name} N`, `${help} (${fallback})`),
  );
}

export const usageLine = (option: string, help: string) => `  ${`--${option}`.padEnd(17)} ${help}`;

import { parseArgs } from 'node:util';

const SECOND = 1000;

/** How one simulated org behaves; times in milliseconds, the share in percent. */
export interface Options {
  /** The address that it listens on. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly usersPerMinute: number;
  readonly windowMs: number;
  readonly tokenSharePercent: number;
  readonly latencyMs: number;
}

export type ParsedOptions =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

export const USAGE =
  'usage: okta-simulator --port P --token T [--host 127.0.0.1] [--users-per-minute 600] [--window-s 60] [--token-share 100] [--latency-ms 0]';

interface Rule {
  readonly fallback: number | null;
  readonly isRight: (value: number) => boolean;
  readonly wanted: string;
}

/** 600 per minute and 60 s are Okta's numbers for an Enterprise org; the rest is out of the way by default. */
const NUMBERS = {
  port: {
    fallback: null,
    isRight: (n) => Number.isInteger(n) && n >= 0 && n <= 65_535,
    wanted: '0 to 65535',
  },
  'users-per-minute': { fallback: 600, isRight: isPositiveInteger, wanted: 'a whole number above 0' },
  'window-s': { fallback: 60, isRight: (n) => n > 0, wanted: 'seconds above 0' },
  'token-share': {
    fallback: 100,
    isRight: (n) => isPositiveInteger(n) && n <= 100,
    wanted: 'a percentage from 1 to 100',
  },
  'latency-ms': { fallback: 0, isRight: (n) => n >= 0, wanted: 'milliseconds, 0 or more' },
} satisfies Record<string, Rule>;

type NumberName = keyof typeof NUMBERS;

/** Reads the command line; a faulty one names every wrong option, not only the first. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  const { values, positionals } = readArguments(argv);
  const faults = [...unknownNames(values), ...positionals.map((word) => `${word}: unexpected argument`)];
  const number = (name: NumberName): number => readNumber(name, values[name], faults);
  const options: Options = {
    host: typeof values.host === 'string' ? values.host : '127.0.0.1',
    port: number('port'),
    token: readToken(values.token, faults),
    usersPerMinute: number('users-per-minute'),
    windowMs: number('window-s') * SECOND,
    tokenSharePercent: number('token-share'),
    latencyMs: number('latency-ms'),
  };
  return faults.length === 0 ? { kind: 'options', options } : { kind: 'faulty', faults };
}

function readArguments(argv: readonly string[]) {
  const names = ['token', 'host', ...Object.keys(NUMBERS)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true });
}

function unknownNames(values: Record<string, unknown>): string[] {
  const unknown = Object.keys(values).filter(
    (name) => name !== 'token' && name !== 'host' && !(name in NUMBERS),
  );
  return unknown.map((name) => `--${name}: unknown option`);
}

function readNumber(name: NumberName, given: unknown, faults: string[]): number {
  const rule: Rule = NUMBERS[name];
  if (given === undefined && rule.fallback !== null) return rule.fallback;
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN;
  if (Number.isFinite(value) && rule.isRight(value)) return value;
  faults.push(`--${name}: ${given === undefined ? 'is missing' : 'is wrong'}, wanted ${rule.wanted}`);
  return 0;
}

function readToken(given: unknown, faults: string[]): string {
  if (typeof given === 'string' && given !== '') return given;
  faults.push('--token: is missing, wanted the API token that callers will send');
  return '';
}

function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

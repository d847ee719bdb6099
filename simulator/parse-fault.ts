import type { Fault, FaultOrder } from './faults.ts';
import { isRecord, unknownKeys } from './json.ts';

export type ParsedFault =
  | { readonly kind: 'order'; readonly order: FaultOrder }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

const ORDER_KEYS = ['method', 'path', 'times', 'skip', 'probability', 'seed', 'fault'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** Reads the body of an order; a faulty one gets all its faults named. */
export function parseFault(body: unknown): ParsedFault {
  if (!isRecord(body)) return { kind: 'faulty', faults: ['body: wanted a JSON object'] };
  const { method = null, path = '/', times, skip = 0, probability = 1, seed = 0, fault } = body;
  const isMethod = method === null || METHODS.some((known) => known === method);
  const isPath = typeof path === 'string' && path.startsWith('/');
  const faults = [
    ...unknownIn('', body, ORDER_KEYS),
    ...unless(isMethod, `method: wanted one of ${METHODS.join(', ')}`),
    ...unless(isPath, 'path: wanted the start of a path, from its /'),
    ...unless(isCount(times, 1), 'times: wanted a whole number above 0'),
    ...unless(isCount(skip, 0), 'skip: wanted a whole number, 0 or more'),
    ...unless(isProbability(probability), 'probability: wanted a number above 0, up to 1'),
    ...unless(isCount(seed, 0), 'seed: wanted a whole number, 0 or more'),
    ...faultsOf(fault),
  ];
  if (faults.length > 0) return { kind: 'faulty', faults };
  const order = { method, path, times, skip, probability, seed, fault: withFallbacks(fault as Fault) };
  return { kind: 'order', order: order as FaultOrder };
}

interface Rule {
  readonly isRight: (value: unknown) => boolean;
  readonly wanted: string;
  readonly fallback?: unknown;
}

const WHEN: Rule = { isRight: (when) => when === 'before' || when === 'after', wanted: 'before or after' };

/** The fields of each kind. */
const RULES: Readonly<Record<Fault['kind'], Readonly<Record<string, Rule>>>> = {
  status: { status: { isRight: (n) => isCount(n, 400) && n <= 599, wanted: '400 to 599' } },
  latency: { ms: { isRight: (n) => isCount(n, 0), wanted: 'whole milliseconds, 0 or more' } },
  hold: {},
  reset: { when: WHEN },
  truncated: {},
  html: {
    status: { isRight: (n) => isCount(n, 200) && n <= 599, wanted: '200 to 599' },
    when: { ...WHEN, fallback: 'before' },
  },
  date: { skewMs: { isRight: (n) => Number.isInteger(n), wanted: 'whole milliseconds' } },
  'duplicate-reset': {},
};

function faultsOf(fault: unknown): string[] {
  const kinds = Object.keys(RULES);
  if (!isRecord(fault) || !isKind(fault.kind)) return [`fault.kind: wanted one of ${kinds.join(', ')}`];
  const rules = RULES[fault.kind];
  const wrong = Object.entries(rules).filter(
    ([field, { isRight, fallback }]) => !isRight(fault[field] ?? fallback),
  );
  return [
    ...unknownIn('fault.', fault, ['kind', ...Object.keys(rules)]),
    ...wrong.map(([field, { wanted }]) => `fault.${field}: wanted ${wanted}`),
  ];
}

function withFallbacks(fault: Fault): unknown {
  const fallbacks = Object.entries(RULES[fault.kind]).filter(([, { fallback }]) => fallback !== undefined);
  return { ...Object.fromEntries(fallbacks.map(([field, { fallback }]) => [field, fallback])), ...fault };
}

function isKind(kind: unknown): kind is Fault['kind'] {
  return typeof kind === 'string' && Object.hasOwn(RULES, kind);
}

function unknownIn(prefix: string, value: Record<string, unknown>, allowed: readonly string[]): string[] {
  return unknownKeys(value, allowed).map((key) => `${prefix}${key}: unknown`);
}

function unless(right: boolean, fault: string): string[] {
  return right ? [] : [fault];
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least;
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}

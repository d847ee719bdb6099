import type { Fault, FaultOrder } from './faults.ts';
import { isRecord, unknownKeys } from './json.ts';

export type ParsedFault =
  | { readonly kind: 'order'; readonly order: FaultOrder }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** Reads the body of an order; a faulty one gets all its faults named. */
export function parseFault(body: unknown): ParsedFault {
  if (!isRecord(body)) return { kind: 'faulty', faults: ['body: wanted a JSON object'] };
  const { method = null, path = '/', times, skip = 0, fault } = body;
  const isMethod = method === null || METHODS.some((known) => known === method);
  const isPath = typeof path === 'string' && path.startsWith('/');
  const faults = [
    ...unknownIn('', body, ['method', 'path', 'times', 'skip', 'fault']),
    ...unless(isMethod, `method: wanted one of ${METHODS.join(', ')}`),
    ...unless(isPath, 'path: wanted the start of a path, from its /'),
    ...unless(isCount(times, 1), 'times: wanted a whole number above 0'),
    ...unless(isCount(skip, 0), 'skip: wanted a whole number, 0 or more'),
    ...faultsOf(fault),
  ];
  if (faults.length > 0) return { kind: 'faulty', faults };
  return { kind: 'order', order: { method, path, times, skip, fault } as FaultOrder };
}

interface Rule {
  readonly field: string;
  readonly isRight: (value: unknown) => boolean;
  readonly wanted: string;
}

const RULES: Readonly<Record<Fault['kind'], Rule>> = {
  status: { field: 'status', isRight: (n) => isCount(n, 400) && n <= 599, wanted: '400 to 599' },
  latency: { field: 'ms', isRight: (n) => isCount(n, 0), wanted: 'whole milliseconds, 0 or more' },
  reset: {
    field: 'when',
    isRight: (when) => when === 'before' || when === 'after',
    wanted: 'before or after',
  },
};

function faultsOf(fault: unknown): string[] {
  const kinds = Object.keys(RULES);
  if (!isRecord(fault) || !isKind(fault.kind)) return [`fault.kind: wanted one of ${kinds.join(', ')}`];
  const { field, isRight, wanted } = RULES[fault.kind];
  return [
    ...unknownIn('fault.', fault, ['kind', field]),
    ...unless(isRight(fault[field]), `fault.${field}: wanted ${wanted}`),
  ];
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

import { isRecord, unknownKeys } from './json.ts';

/** What goes wrong with a call; `reset` drops the connection before or after the call took effect. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' };

/** Which calls a fault befalls: `times` of those that match, after the first `skip` of them. */
export interface FaultOrder {
  readonly method: string | null;
  readonly pathPrefix: string;
  readonly times: number;
  readonly skip: number;
  readonly fault: Fault;
}

export interface ListedFault extends FaultOrder {
  readonly id: number;
  readonly fired: number;
}

export interface Faults {
  add(order: FaultOrder): number;
  list(): readonly ListedFault[];
  clear(): void;
  /** The fault that befalls this call, if any: the oldest one that still has times left. */
  fire(method: string, path: string): Fault | null;
}

export function createFaults(): Faults {
  let pending: { readonly id: number; readonly order: FaultOrder; seen: number; fired: number }[] = [];
  let lastId = 0;
  return {
    add(order) {
      lastId += 1;
      pending.push({ id: lastId, order, seen: 0, fired: 0 });
      return lastId;
    },
    list: () => pending.map(({ id, order, fired }) => ({ id, ...order, fired })),
    clear() {
      pending = [];
    },
    fire(method, path) {
      for (const entry of pending) {
        if (entry.fired === entry.order.times || !isAbout(entry.order, method, path)) continue;
        entry.seen += 1;
        if (entry.seen <= entry.order.skip) continue;
        entry.fired += 1;
        return entry.order.fault;
      }
      return null;
    },
  };
}

function isAbout(order: FaultOrder, method: string, path: string): boolean {
  return (order.method === null || order.method === method) && path.startsWith(order.pathPrefix);
}

export type ParsedFault =
  | { readonly kind: 'order'; readonly order: FaultOrder }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** Reads the body of an order; a faulty one gets all its faults named. */
export function parseFault(body: unknown): ParsedFault {
  if (!isRecord(body)) return { kind: 'faulty', faults: ['body: wanted a JSON object'] };
  const faults = unknownIn('', body, ['method', 'path', 'times', 'skip', 'fault']);
  const { method = null, path = '/', times, skip = 0 } = body;
  const refuse = (fault: string) => faults.push(fault);
  if (method !== null && !METHODS.some((known) => known === method))
    refuse(`method: wanted one of ${METHODS.join(', ')}`);
  if (typeof path !== 'string' || !path.startsWith('/'))
    refuse('path: wanted the start of a path, from its /');
  if (!isCount(times, 1)) refuse('times: wanted a whole number above 0');
  if (!isCount(skip, 0)) refuse('skip: wanted a whole number, 0 or more');
  faults.push(...faultsOfFault(body.fault));
  if (faults.length > 0) return { kind: 'faulty', faults };
  const order = { method, pathPrefix: path, times, skip, fault: body.fault } as FaultOrder;
  return { kind: 'order', order };
}

function faultsOfFault(fault: unknown): string[] {
  if (!isRecord(fault)) return ['fault: wanted an object with a kind'];
  switch (fault.kind) {
    case 'status':
      return [
        ...unknownIn('fault.', fault, ['kind', 'status']),
        ...unless(isCount(fault.status, 400) && fault.status <= 599, 'fault.status: wanted 400 to 599'),
      ];
    case 'latency':
      return [
        ...unknownIn('fault.', fault, ['kind', 'ms']),
        ...unless(isCount(fault.ms, 0), 'fault.ms: wanted whole milliseconds, 0 or more'),
      ];
    case 'reset':
      return [
        ...unknownIn('fault.', fault, ['kind', 'when']),
        ...unless(fault.when === 'before' || fault.when === 'after', 'fault.when: wanted before or after'),
      ];
    default:
      return ['fault.kind: wanted status, latency or reset'];
  }
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

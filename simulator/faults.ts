import { createRandom } from './random.ts';

/** Whether the call had taken effect when it went wrong. */
export type When = 'before' | 'after';

/**
 * What goes wrong with a call: `truncated` cuts the answer in half, `html` is the page of a proxy on the way,
 * `date` a wrong clock, `duplicate-reset` a 429 that tells two times, `hold` has the answer wait until the faults are
 * cleared.
 */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'hold' }
  | { readonly kind: 'reset'; readonly when: When }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'html'; readonly status: number; readonly when: When }
  | { readonly kind: 'date'; readonly skewMs: number }
  | { readonly kind: 'duplicate-reset' };

/** Which calls a fault befalls: `times` of those that match, after the first `skip` of them, each by chance. */
export interface FaultOrder {
  /** Null is any. */
  readonly method: string | null;
  /** The start of a path. */
  readonly path: string;
  readonly times: number;
  readonly skip: number;
  /** Above 0 to 1, which is always. */
  readonly probability: number;
  /** Of the draws, so that two runs are hit alike. */
  readonly seed: number;
  readonly fault: Fault;
}

export interface ListedFault extends FaultOrder {
  readonly id: number;
  readonly fired: number;
}

export interface Faults {
  add(order: FaultOrder): number;
  list(): readonly ListedFault[];
  /** No order any more; what was held goes out. */
  clear(): void;
  /** Keeps an answer until this fault's order is cleared; one that is cleared already keeps none. */
  hold(fault: Fault, answer: () => void): void;
  /** The fault that befalls this call, if any: the oldest one that still has times left. */
  fire(method: string, path: string): Fault | null;
}

interface Pending {
  readonly id: number;
  readonly order: FaultOrder;
  readonly random: () => number;
  seen: number;
  fired: number;
}

export function createFaults(): Faults {
  let pending: Pending[] = [];
  let held: (() => void)[] = [];
  const cleared = new WeakSet<Fault>();
  let lastId = 0;
  return {
    add(order) {
      lastId += 1;
      pending.push({ id: lastId, order, random: createRandom(order.seed), seen: 0, fired: 0 });
      return lastId;
    },
    list: () => pending.map(({ id, order, fired }) => ({ id, ...order, fired })),
    clear() {
      for (const { order } of pending) cleared.add(order.fault);
      pending = [];
      const answers = held;
      held = [];
      for (const answer of answers) answer();
    },
    hold(fault, answer) {
      if (cleared.has(fault)) answer();
      else held.push(answer);
    },
    fire(method, path) {
      for (const entry of pending) {
        if (entry.fired === entry.order.times || !isAbout(entry.order, method, path)) continue;
        entry.seen += 1;
        if (entry.seen <= entry.order.skip || entry.random() >= entry.order.probability) continue;
        entry.fired += 1;
        return entry.order.fault;
      }
      return null;
    },
  };
}

function isAbout(order: FaultOrder, method: string, path: string): boolean {
  return (order.method === null || order.method === method) && path.startsWith(order.path);
}

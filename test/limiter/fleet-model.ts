import { restAfter } from '../../src/limiter/desk.ts';
import type { Seen } from '../../src/limiter/limiter.ts';
import type { Scripts } from '../../src/limiter/scripts.ts';

/** What goes wrong, at which millisecond of the model. */
export type Fault =
  /** A process dies with the turns that it holds; another takes its place. */
  | { kind: 'crash'; atMs: number; process: number }
  /** Redis has lost everything. */
  | { kind: 'loss'; atMs: number }
  /** Redis' clock is set back, or forward. */
  | { kind: 'clock-back' | 'clock-forward'; atMs: number; byMs: number }
  /** Every connection is lost and made again. */
  | { kind: 'reconnect'; atMs: number };

export interface Model {
  processes: number;
  windowMs: number;
  /** By the configuration. */
  start: number;
  most: number;
  /** By Okta, and what it comes to later. */
  limit: number;
  limits?: readonly { atMs: number; limit: number }[];
  spreadMs: number;
  /** How late a process sends, at most, and how much longer one call may be on its way than another. */
  latestMs: number;
  jitterMs: number;
  /** How long Okta works at a call. */
  latencyMs: number;
  /** Other applications' calls in each window, evenly spaced; beyond the list its last. */
  others: readonly number[];
  /** Whether they call by chance instead, as many. */
  othersByChance?: boolean;
  /** Other applications' calls at once. */
  bursts?: readonly { atMs: number; count: number }[];
  /** When a bucket of the whole org's, of so many, is used up, and for how long. */
  orgWide?: { atMs: number; forMs: number; limit: number };
  /** From when on the configuration allows no more than so many. */
  changes?: readonly { atMs: number; most: number }[];
  /** The share of answers that come without any of the headers. */
  withoutHeaders?: number;
  /** Okta's clock against ours. */
  skewMs: number;
  lengthMs: number;
  faults: readonly Fault[];
  random: () => number;
}

export interface Course {
  /** When calls arrived at Okta, Portage's and others', ascending. */
  arrivals: number[];
  othersArrivals: number[];
  /** When turns fell due, in the order in which they were booked. */
  due: number[];
  throttled: number;
  othersThrottled: number;
  /** Bookings and settlings. */
  commands: number;
}

const EPOCH_MS = 1_800_000_000_000;
const ONE_WAY_MS = 20;

/**
 * The fleet and Okta as a model that needs no real time: only the limiter's moves in Redis are real. `lose` asks on the
 * same connection.
 */
export async function runModel(
  scripts: Scripts,
  key: string,
  lose: () => Promise<void>,
  model: Model,
): Promise<Course> {
  const { windowMs, start, most, spreadMs, random, changes = [] } = model;
  const course: Course = {
    arrivals: [],
    othersArrivals: [],
    due: [],
    throttled: 0,
    othersThrottled: 0,
    commands: 0,
  };
  const events = createEvents();
  const okta = createOkta(model);
  let clockOffsetMs = 0;
  const clock = (nowMs: number) => EPOCH_MS + nowMs + clockOffsetMs;
  const asker = (process: number) => ({ process: `p${process}`, waiting: 9, inFlight: 0 });
  const lives = Array.from({ length: model.processes }, () => 0);
  const rests = Array.from({ length: model.processes }, () => 0);
  const lostAt = new Map<number, number>();
  let told: Promise<unknown> = Promise.resolve();

  async function ask(process: number, life: number, place: number, nowMs: number): Promise<void> {
    if (lives[process] !== life) return;
    course.commands += 1;
    const lost = lostAt.get(process);
    lostAt.delete(process);
    const request = {
      start,
      most: changes.findLast(({ atMs }) => atMs <= nowMs)?.most ?? most,
      windowMs,
      spreadMs,
      wanted: 9,
      place,
      lostMs: lost === undefined ? null : nowMs - lost,
    };
    const reply = await scripts.book(key, { ...request, ...asker(process), clockMs: clock(nowMs) });
    if (reply.kind === 'looked') throw new Error('Bug: only looked');
    if (reply.kind === 'refused') {
      const wait = Math.min(Math.ceil(reply.waitMs), 5_000);
      if (reply.place > 0) rests[process] = restAfter(rests[process] ?? 0, reply);
      events.at(nowMs + wait, (at) => ask(process, life, reply.place, at));
      return;
    }
    const restMs = restAfter(rests[process] ?? 0, { aheadMs: reply.waitMs });
    rests[process] = restMs;
    for (let i = 0; i < reply.count; i += 1) {
      const dueMs = nowMs + reply.waitMs + i * reply.gapMs;
      course.due.push(dueMs);
      const turn = { number: reply.number + i, life: reply.life, dueMs: reply.dueMs + i * reply.gapMs };
      events.at(dueMs, (at) => {
        if (lives[process] !== life) return;
        if (i === reply.count - 1) events.at(at + restMs, (again) => ask(process, life, 0, again));
        const arrivesMs = at + random() * model.latestMs + ONE_WAY_MS + random() * model.jitterMs;
        events.at(arrivesMs, (arrived) => {
          const answer = okta.call(arrived);
          course.arrivals.push(arrived);
          if (answer.status === 429) course.throttled += 1;
          const backMs = arrived + model.latencyMs * (0.5 + random()) + ONE_WAY_MS;
          events.at(backMs, (back) => settle(process, turn, answer.seen, back));
        });
      });
    }
  }

  /** Nobody waits for it here: Redis does on one connection what comes first. */
  function settle(
    process: number,
    turn: { number: number; life: number; dueMs: number },
    seen: Seen,
    nowMs: number,
  ): void {
    course.commands += 1;
    const answers = [{ turn, seen }];
    const settled = scripts.settle(key, {
      ...asker(process),
      windowMs,
      spreadMs,
      answers,
      clockMs: clock(nowMs),
    });
    told = Promise.all([told, settled]);
    told.catch(() => {}); // thrown in the end
  }

  function otherCalls(window: number): void {
    const { others, othersByChance } = model;
    const count = others[Math.min(window, others.length - 1)] ?? 0;
    for (let i = 0; i < count; i += 1) {
      const share = othersByChance ? random() : (i + 0.5) / count;
      events.at((window + share) * windowMs, otherCall);
    }
  }

  function otherCall(nowMs: number): void {
    course.othersArrivals.push(nowMs);
    if (okta.call(nowMs).status === 429) course.othersThrottled += 1;
  }

  async function befall(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'crash': {
        const process = fault.process % model.processes;
        const life = (lives[process] ?? 0) + 1;
        lives[process] = life;
        events.at(fault.atMs, (at) => ask(process, life, 0, at));
        break;
      }
      case 'loss':
        return lose();
      case 'clock-back':
        clockOffsetMs -= fault.byMs;
        break;
      case 'clock-forward':
        clockOffsetMs += fault.byMs;
        break;
      case 'reconnect':
        for (let process = 0; process < model.processes; process += 1) lostAt.set(process, fault.atMs);
    }
  }

  for (let window = 0; window * windowMs < model.lengthMs; window += 1) otherCalls(window);
  for (const { atMs, count } of model.bursts ?? []) {
    for (let i = 0; i < count; i += 1) events.at(atMs + i, otherCall);
  }
  for (const fault of model.faults) events.at(fault.atMs, () => befall(fault));
  for (let process = 0; process < model.processes; process += 1) {
    events.at(random() * 10, (at) => ask(process, 0, 0, at));
  }
  await events.run(model.lengthMs);
  await told;
  course.arrivals.sort((a, b) => a - b);
  return course;
}

/** Okta's lazily opened window over one bucket. */
function createOkta({
  windowMs,
  limit: first,
  limits = [],
  orgWide,
  skewMs,
  withoutHeaders = 0,
  random,
}: Model) {
  let [endsMs, used] = [-Infinity, 0];
  return {
    call(nowMs: number): { status: number; seen: Seen } {
      const seconds = (ms: number) => Math.floor((EPOCH_MS + ms + skewMs) / 1_000);
      if (orgWide && nowMs >= orgWide.atMs && nowMs < orgWide.atMs + orgWide.forMs) {
        const reset = seconds(orgWide.atMs + orgWide.forMs);
        const resetInMs = (reset - seconds(nowMs)) * 1_000;
        const closeForMs = resetInMs + 1_000;
        const seen = { limit: orgWide.limit, remaining: 0, reset, resetInMs, closeForMs, crowded: false };
        return { status: 429, seen };
      }
      const limit = limits.findLast(({ atMs }) => atMs <= nowMs)?.limit ?? first;
      if (nowMs >= endsMs) [endsMs, used] = [nowMs + windowMs, 0];
      const status = used < limit ? 200 : 429;
      if (status === 200) used += 1;
      const reset = seconds(endsMs);
      const resetInMs = Math.min(Math.max(0, (reset - seconds(nowMs)) * 1_000), windowMs);
      const closeForMs = status === 429 ? resetInMs + 1_000 : null;
      if (random() < withoutHeaders) {
        const nothing = { limit: null, remaining: null, reset: null, resetInMs: null, crowded: false };
        return { status, seen: { ...nothing, closeForMs: status === 429 ? windowMs : null } };
      }
      return {
        status,
        seen: { limit, remaining: Math.max(0, limit - used), reset, resetInMs, closeForMs, crowded: false },
      };
    },
  };
}

/** Things to be done, in the order of their times. */
function createEvents() {
  type Action = (nowMs: number) => void | Promise<void>;
  const heap: { atMs: number; order: number; act: Action }[] = [];
  let order = 0;
  const before = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (!one || !other) return false;
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  };
  const swap = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  return {
    at(atMs: number, act: Action): void {
      order += 1;
      heap.push({ atMs, order, act });
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(i, parent)) break;
        swap(i, parent);
        i = parent;
      }
    },
    async run(untilMs: number): Promise<void> {
      for (let first = heap[0]; first && first.atMs <= untilMs; first = heap[0]) {
        swap(0, heap.length - 1);
        heap.pop();
        for (let i = 0; ; ) {
          const least = [2 * i + 1, 2 * i + 2].reduce((a, b) => (before(b, a) ? b : a), i);
          if (least === i) break;
          swap(i, least);
          i = least;
        }
        await first.act(first.atMs);
      }
    },
  };
}

/** The most of ascending times in any [t, t + windowMs). */
export function mostInAnyWindow(atMs: readonly number[], windowMs: number): number {
  let [from, most] = [0, 0];
  for (let to = 0; to < atMs.length; to += 1) {
    while ((atMs[to] ?? 0) - (atMs[from] ?? 0) >= windowMs) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** Arrivals in whole windows after the first one, none counting above the allowance, as a share of what is allowed. */
export function utilisation(atMs: readonly number[], windowMs: number, allowance: number): number {
  const [first = 0, last = 0] = [atMs[0], atMs.at(-1)];
  const windows = Math.floor((last - first) / windowMs);
  const counts = Array.from({ length: windows }, () => 0);
  for (const at of atMs) {
    const window = Math.floor((at - first) / windowMs);
    if (window < windows) counts[window] = (counts[window] ?? 0) + 1;
  }
  return counts.reduce((sum, count) => sum + Math.min(count, allowance), 0) / (allowance * windows);
}

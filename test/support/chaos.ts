import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { INSTALLATION } from '../../demo/configuration.ts';
import type { Process } from '../../demo/processes.ts';
import type { ConfigFile } from '../../src/config/schema.ts';
import { provokeDeadlock } from './deadlock.ts';
import { createEditor, type Editor } from './edits.ts';
import { eventually } from './eventually.ts';
import { doneSoFar, hasStarted, say, startMigrations, unreferenced, wantedUsers } from './fault-run.ts';
import type { TestFleet } from './fleet.ts';
import type { PrivateServer } from './private-servers.ts';
import { createRandom, type Random } from './random.ts';
import { controlOf, type Order, type SimulatorControl } from './simulator.ts';

/** Servers of the test's own, for chaos to kill. */
export interface Victims {
  fleet: TestFleet;
  redis: PrivateServer;
  mysql: PrivateServer;
}

/** How much goes wrong; each kind of a lane once, before any comes again. */
export interface Dose {
  servers: number;
  processes: number;
  answers: number;
  efs: number;
  operators: number;
  /** By which share of the people the last fault comes; what is left of them then is its time to happen. */
  until?: number;
  /** Shows each fault as it happens. */
  aloud: boolean;
}

/** What has gone wrong. */
export interface Havoc {
  /** The migrations, which are still under way. */
  ids: number[];
  /** In words, each with the evidence that it happened. */
  faults: string[];
  /** Processes that were ended, or that could not start since a server was away. */
  ended: string[];
  editor: Editor;
}

/** Lanes go on side by side, so that faults overlap; within a lane one comes after the other. */
type Lane = 'servers' | 'processes' | 'answers' | 'efs' | 'operators';

interface Scene extends Victims {
  okta: SimulatorControl;
  ids: number[];
  editor: Editor;
  ended: string[];
  /** EFS is edited and its server killed one after the other, so that it is known what was edited. */
  alone: Alone;
  /** Processes are replaced one after the other. */
  oneByOne: Alone;
}

type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/** Something that goes wrong; resolves to the evidence, throws when it did not happen. */
type Fault = (scene: Scene, random: Random) => Promise<string>;

/** Time for what has to wait until a server is back. */
const PATIENCE_MS = 60_000;
/** Most of a run may lie between two faults of a lane. */
const NEXT_WITHIN_MS = 300_000;
/** Longer than the timeout that the fleet is configured with. */
export const UNANSWERED_MS = 6_000;

const CREATE = { method: 'POST', path: '/api/v1/users' } as const;

const kinds: Record<Lane, Record<string, Fault>> = {
  servers: {
    'Redis is emptied': async ({ redis }) => {
      const client = new Redis(redis.url);
      const keys = await client.dbsize();
      await client.flushall();
      client.disconnect();
      return happened(keys > 0, `${keys} keys`);
    },
    'Redis is killed and comes back empty': async ({ redis, fleet }, random) => {
      const awayMs = random.between(1_000, 6_000);
      await redis.kill();
      await sleep(awayMs);
      const body = await readiness(fleet, 'redis');
      await redis.start();
      return happened(body === 'unreachable', `away for ${awayMs} ms`);
    },
    'MySQL is killed and started again': async ({ mysql, alone }, random) =>
      alone(async () => {
        const awayMs = random.between(500, 5_000);
        await mysql.kill();
        await sleep(awayMs);
        const refused = await createConnection({ uri: mysql.url }).then(
          () => false,
          () => true,
        );
        await mysql.start();
        return happened(refused, `away for ${awayMs} ms`);
      }),
    'the token is revoked for a while': async ({ okta, fleet, ids }, random) => {
      const refusals = async () => (await okta.statuses())['401'] ?? 0;
      const before = await refusals();
      await okta.revokeToken(true);
      const held = () => isHeld(fleet, ids, 'credentials');
      try {
        await patiently('a migration is held', held);
        await sleep(random.between(0, 3_000));
      } finally {
        await okta.revokeToken(false);
      }
      await patiently('no migration is held', async () => !(await held()));
      return `${(await refusals()) - before} calls refused`;
    },
  },
  processes: {
    'a worker is killed': async (scene) => replace(scene, 'worker'),
    'a worker is killed while Okta holds answers': async (scene, random) => {
      const times = random.between(10, 30);
      const held = await scene.okta.failCreations(times, { kind: 'latency', ms: 3_000 });
      await patiently(`Okta holds ${times} answers`, async () => (await held.fired()) === times);
      const created = await patiently('whom Okta has created', () => unreferenced(scene.fleet));
      const evidence = `${created.size} users were in Okta and not referenced`;
      return happened(created.size > 0, `${await replace(scene, 'worker')}, ${evidence}`);
    },
    'the API is killed': async (scene) => replace(scene, 'api'),
  },
  answers: {
    'connections are reset after the fact': lost({ kind: 'reset', when: 'after' }),
    'connections are reset before it': lost({ kind: 'reset', when: 'before' }),
    'answers are cut in half': lost({ kind: 'truncated' }),
    'a proxy answers with its own page, after the fact': lost({ kind: 'html', status: 502, when: 'after' }),
    'Okta answers 503': lost({ kind: 'status', status: 503 }),
    'answers take longer than anybody waits': lost({ kind: 'latency', ms: UNANSWERED_MS }),
  },
  efs: {
    'people are deleted': edited((editor, ids) => editor.remove(ids)),
    'people are added': async ({ alone, editor }, random) => {
      const ids = await alone(() => editor.add(random.between(2, 10)));
      return `${ids.length} people`;
    },
    'people change their names': edited((editor, ids) => editor.rename(ids)),
    'people change their mail addresses': edited((editor, ids) => editor.readdress(ids)),
    'a deadlock': async ({ fleet, alone }) => {
      const deadlocks = await alone(() => patiently('a deadlock', () => provokeDeadlock(fleet)));
      return happened(deadlocks > 0, `InnoDB counted ${deadlocks}`);
    },
  },
  operators: {
    'the mapping is wrong for a while': async (scene) => {
      const { fleet, ids } = scene;
      fleet.configure((file) => withMarkerIn(file, 'efsMarker'));
      await replaceAllWorkers(scene);
      const held = () => isHeld(fleet, ids, 'attribute');
      await patiently('a migration is held', held);
      fleet.configure((file) => file);
      await replaceAllWorkers(scene);
      await patiently('no migration is held for that', async () => {
        for (const id of ids) {
          const { heldCause } = await fleet.portage.migration(id);
          if (heldCause === 'attribute') await fleet.portage.resume(id);
        }
        return !(await held());
      });
      return 'held, corrected and resumed';
    },
  },
};

/** Starts the migrations and lets drawn faults happen to them, until all have; the same seed draws the same. */
export async function wreakHavoc(victims: Victims, seed: number, dose: Dose): Promise<Havoc> {
  const { fleet } = victims;
  const random = createRandom(seed);
  const lanes = drawLanes(random, dose);
  const editor = createEditor(fleet, createRandom(random.between(0, 2 ** 31)));
  const ids = await startMigrations(fleet);
  const okta = controlOf(fleet.oktaUrl);
  const scene: Scene = { ...victims, okta, ids, editor, ended: [], alone: mutex(), oneByOne: mutex() };
  const faults: string[] = [];
  const startedMs = performance.now();
  let failed = false;
  const play = async (lane: Drawn[]) => {
    for (const { share, name, fault, seed: own } of lane) {
      if (failed) return;
      const done = await untilShare(fleet, share, name);
      const evidence = await fault(scene, createRandom(own)).catch((error: unknown) => {
        throw new Error(`${name} did not happen`, { cause: error });
      });
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      faults.push(`${name}: ${evidence}`);
      if (dose.aloud) say(`${seconds.padStart(6)} s, at ${done} done: ${name}: ${evidence}`);
    }
  };
  const stop = (error: unknown) => {
    failed = true;
    throw error;
  };
  const played = await Promise.allSettled(lanes.map((lane) => play(lane).catch(stop)));
  for (const each of played) if (each.status === 'rejected') throw each.reason;
  return { ids, faults, ended: scene.ended, editor };
}

interface Drawn {
  share: number;
  name: string;
  fault: Fault;
  seed: number;
}

type Counts = Record<Lane, number> & Pick<Dose, 'until'>;

const drawLanes = (random: Random, counts: Counts) =>
  (Object.keys(kinds) as Lane[]).map((lane) => draw(random, lane, counts[lane], counts.until));

/** The names of the kinds of faults that there can be, or of those that a seed draws. */
export const kindsOfFaults = (counts: Counts) =>
  (Object.keys(kinds) as Lane[]).flatMap((lane) => (counts[lane] > 0 ? Object.keys(kinds[lane]) : []));
export const drawnBy = (seed: number, counts: Counts) =>
  drawLanes(createRandom(seed), counts).flatMap((lane) => lane.map(({ name }) => name));

/** From the first people to four fifths of them, so that all of it is in time. */
const [FIRST, LAST] = [0.04, 0.8];
/** In the middle: the workers are replaced twice. */
const [FIRST_OF_OPERATORS, LAST_OF_OPERATORS] = [0.3, 0.6];

function draw(random: Random, lane: Lane, count: number, until = LAST): Drawn[] {
  const bag: [string, Fault][] = [];
  while (bag.length < count) bag.push(...random.shuffle(Object.entries(kinds[lane])));
  const [first, last] = lane === 'operators' ? [FIRST_OF_OPERATORS, LAST_OF_OPERATORS] : [FIRST, until];
  const shares = Array.from({ length: count }, () => first + random.next() * (last - first));
  return shares
    .toSorted((a, b) => a - b)
    .map((share, index) => {
      const [name, fault] = bag[index] as [string, Fault];
      return { share, name, fault, seed: random.between(0, 2 ** 31) };
    });
}

/** Resolves to how many are done, while there is still something left to go wrong. */
async function untilShare(fleet: TestFleet, share: number, name: string): Promise<number> {
  const wanted = wantedUsers(fleet);
  const done = await patiently(
    `${Math.round(share * 100)} % are done`,
    async () => {
      const count = await doneSoFar(fleet);
      return count >= share * wanted && count;
    },
    NEXT_WITHIN_MS,
  );
  if (done >= wanted) throw new Error(`too late for this: ${name}`);
  return done;
}

/** A server may be away while one asks. */
function patiently<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false>,
  deadlineMs = PATIENCE_MS,
): Promise<T> {
  return eventually(what, () => ask().catch(() => undefined), deadlineMs);
}

function happened(did: boolean, evidence: string): string {
  if (!did) throw new Error(`did not happen: ${evidence}`);
  return evidence;
}

function lost(fault: Order['fault']): Fault {
  return async ({ okta }, random) => {
    const times = random.between(5, 15);
    const order = await okta.fail({
      ...CREATE,
      times,
      probability: 0.5,
      seed: random.between(0, 10_000),
      fault,
    });
    await patiently(`${times} calls have gone wrong`, async () => (await order.fired()) === times);
    return `${times} calls`;
  };
}

function edited(edit: (editor: Editor, ids: number[]) => Promise<number>): Fault {
  return async ({ editor, alone, fleet }, random) =>
    alone(async () => {
      // Every other one of those whom Okta has just created.
      const inHand = await patiently('whom Okta has created', () => unreferenced(fleet));
      const candidates = editor.candidates();
      const some = candidates.slice(0, random.between(2, 8));
      const hot = candidates.filter((id) => inHand.has(id)).slice(0, 4);
      const ids = [...new Set([...some, ...hot])];
      const open = await edit(editor, ids);
      const evidence = `${ids.length} people, ${hot.length} of them just created in Okta, ${open} not referenced`;
      return happened(ids.length > 0, evidence);
    });
}

function replace({ fleet, ended, oneByOne }: Scene, kind: 'worker' | 'api', only?: Process): Promise<string> {
  return oneByOne(async () => {
    const isVictim = (each: Process) => each.name.startsWith(kind) && !each.hasEnded();
    const victim = only ?? fleet.processes.find(isVictim);
    if (!victim) throw new Error(`no ${kind} is left to be killed`);
    if (only?.hasEnded()) return only.name;
    victim.child.kill('SIGKILL');
    happened((await victim.ended) === 'SIGKILL', 'SIGKILL');
    ended.push(victim.name);
    let next: Process | undefined;
    // Who starts while MySQL is away ends again: as their supervisor would, once more.
    await patiently(`another ${kind} runs`, async () => {
      if (next?.hasEnded()) ended.push(next.name);
      if (!next || next.hasEnded()) next = kind === 'worker' ? fleet.addWorker() : fleet.addApi();
      return hasStarted(next);
    });
    return victim.name;
  });
}

async function replaceAllWorkers(scene: Scene): Promise<void> {
  const isWorker = (each: Process) => each.name.startsWith('worker') && !each.hasEnded();
  for (const worker of scene.fleet.processes.filter(isWorker)) await replace(scene, 'worker', worker);
}

function withMarkerIn(file: ConfigFile, markerAttribute: string): ConfigFile {
  const installation = { ...file.installations[INSTALLATION], markerAttribute };
  return { ...file, installations: { [INSTALLATION]: installation } } as ConfigFile;
}

function readiness({ portage }: TestFleet, of: 'redis' | 'database'): Promise<string> {
  return patiently('the API tells what it reaches', async () => {
    const answer = await fetch(`${portage.url}/readyz`);
    return ((await answer.json()) as Record<string, string>)[of];
  });
}

async function isHeld({ portage }: TestFleet, ids: number[], cause: string): Promise<boolean> {
  const migrations = await Promise.all(ids.map((id) => portage.migration(id)));
  return migrations.some(({ heldCause }) => heldCause === cause);
}

/** One after the other. */
function mutex(): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}

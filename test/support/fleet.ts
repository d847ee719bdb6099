import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTALLATION } from '../../demo/configuration.ts';
import { bothEnds, type Ends } from '../../demo/ends.ts';
import { type Fleet, type FleetOptions, startFleet } from '../../demo/fleet.ts';
import { createInstallation, type Plan } from '../../demo/installation.ts';
import { createPeople, ONLINE_PORTALS, type People } from '../../demo/people.ts';
import { createDatabase, REDIS_URL, uniqueName } from './databases.ts';
import { eventually } from './eventually.ts';
import { approve } from './openapi/approve.ts';

type How = Partial<
  Pick<
    FleetOptions,
    | 'perMinute'
    | 'readsPerMinute'
    | 'windowSeconds'
    | 'latencyMs'
    | 'tokenShare'
    | 'concurrency'
    | 'adjust'
    | 'env'
  >
>;

export interface TestFleetOptions extends How {
  admins: number;
  panelists: number;
  workers: number;
  /** Only people of whom none is special. */
  ordinary?: boolean;
  /** Only those. */
  choose?: (people: People) => People;
  /** Makes other people. */
  seed?: number;
  /** The portals that people are in. */
  onlinePortals?: readonly number[];
  /** Servers of the test's own; otherwise those that all tests share. */
  redisUrl?: string;
  createDatabase?: typeof createDatabase;
}

/** Whole processes, started as an operator starts them, on databases of this test's own. */
export interface TestFleet extends Fleet {
  /** Its name in the configuration. */
  installation: string;
  installationUrl: string;
  portageUrl: string;
  redisPrefix: string;
  people: People;
  /** What must become of the people, by how they were invented. */
  plan: Plan;
  ends(): Promise<Ends>;
  /** What opens Okta, the API and the databases. */
  secrets: string[];
  /** Everything that Portage's own processes have logged. */
  logs(): string;
  finished(id: number, deadlineMs: number): Promise<void>;
  /** Fails when Okta's documents and the calls to the simulator disagree. */
  close(): Promise<void>;
}

const SEED = 7;

const OBSERVER = fileURLToPath(new URL('openapi/observe.ts', import.meta.url));

export async function createFleet({
  admins,
  panelists,
  workers,
  redisUrl = REDIS_URL,
  createDatabase: create = createDatabase,
  seed = SEED,
  onlinePortals = ONLINE_PORTALS,
  ordinary = false,
  choose = ordinary ? ordinaryOf : (everybody) => everybody,
  ...how
}: TestFleetOptions): Promise<TestFleet> {
  const [portageDb, efs] = await Promise.all([create('portage'), create('efs')]);
  const people = choose(createPeople(seed, { admins, panelists, onlinePortals }));
  const plan = await createInstallation(efs.url, people);
  const folder = mkdtempSync(join(tmpdir(), 'portage-fleet-'));
  const redisPrefix = uniqueName('fleet');
  const [installationUrl, portageUrl] = [efs.url, portageDb.url];
  const defaults = { perMinute: 600, latencyMs: 50, tokenShare: 100 };
  const fleet = await startFleet({
    ...defaults,
    ...how,
    folder,
    redisPrefix,
    redisUrl,
    installationUrl,
    portageUrl,
    workers,
    observer: OBSERVER,
  });
  return {
    ...fleet,
    installation: INSTALLATION,
    installationUrl,
    portageUrl,
    redisPrefix,
    people,
    plan,
    secrets: [fleet.oktaToken, fleet.apiKey, new URL(portageUrl).password],
    ends: () => bothEnds(installationUrl, { url: fleet.oktaUrl, groupId: fleet.groupId }),
    logs: () =>
      fleet.processes
        .filter(({ name }) => name !== 'simulator')
        .map(({ log }) => readFileSync(log, 'utf8'))
        .join(''),
    async finished(id, deadlineMs) {
      let last = '';
      const isFinished = async () => {
        const migration = await fleet.portage.migration(id);
        last = JSON.stringify(migration);
        return migration.state === 'finished';
      };
      await eventually(`migration ${id} finishes`, isFinished, deadlineMs).catch((error: Error) => {
        throw new Error(`${error.message}; it was ${last}`, { cause: error });
      });
    },
    async close() {
      try {
        await approve(fleet.oktaUrl);
      } finally {
        await fleet.stop();
        rmSync(folder, { recursive: true });
        await Promise.all([portageDb.drop(), efs.drop()]);
      }
    },
  };
}

/** Each of them is one creation that goes well. */
export function ordinaryOf({ admins, panelists, ...rest }: People): People {
  const isOrdinary = (each: { case: string }) => each.case === 'ordinary';
  return { ...rest, admins: [...admins].filter(isOrdinary), panelists: [...panelists].filter(isOrdinary) };
}

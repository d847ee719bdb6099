import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withPortals } from './configuration.ts';
import { createDatabases, type Databases } from './databases.ts';
import { bothEnds } from './ends.ts';
import { type Fleet, type FleetOptions, startFleet } from './fleet.ts';
import { createInstallation, type Plan } from './installation.ts';
import type { Options } from './options.ts';
import { createPeople } from './people.ts';
import { anyEnds } from './processes.ts';
import { dropKeys } from './redis-keys.ts';
import { say } from './say.ts';
import { tellStory } from './story.ts';
import { faultsOf, toJson, toText } from './summary.ts';

const LOCAL = fileURLToPath(new URL('../.local', import.meta.url));

/** The servers that a demo runs on. */
export interface Servers {
  redisUrl: string;
  databaseUrl: string;
}

/** Sets all up, migrates, sums up and clears all away; true when both ends agree. */
export async function runDemo(options: Options, servers: Servers, signal: AbortSignal): Promise<boolean> {
  const databases = await createDatabases(servers.databaseUrl);
  for (const run of databases.leftovers) rmSync(folderOf(run), { recursive: true, force: true });
  const folder = folderOf(databases.run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let agreed = false;
  try {
    const { portageUrl, installationUrl } = databases;
    const plan = await populate(installationUrl, options, signal);
    const redisPrefix = prefixOf(databases.run);
    const own = { plan, folder, redisPrefix, portageUrl, installationUrl };
    agreed = await withFleet({ ...options, ...servers, ...own, adjust: withPortals }, signal);
    return agreed;
  } finally {
    await clearAway(databases, servers.redisUrl);
    if (agreed || signal.aborted) rmSync(folder, { recursive: true });
    else console.error(`The configuration and the logs of this run are kept in ${folder}`);
  }
}

/** Never throws: what went wrong before is what has to be told. */
async function clearAway({ run, leftovers, drop }: Databases, redisUrl: string): Promise<void> {
  const results = await Promise.allSettled([drop(), dropKeys(redisUrl, [run, ...leftovers].map(prefixOf))]);
  for (const result of results) {
    if (result.status === 'rejected') console.error(`Something is left behind: ${String(result.reason)}`);
  }
}

const folderOf = (run: string) => join(LOCAL, `demo-${run}`);
const prefixOf = (run: string) => `portage-demo-${run}`;

async function populate(url: string, { seed, admins, panelists }: Options, signal: AbortSignal) {
  const startedMs = performance.now();
  const plan = await createInstallation(url, createPeople(seed, { admins, panelists }), signal);
  say('EFS', `made an installation of ${admins} admins and ${panelists} panelists`, startedMs);
  const { admin, panelist } = plan;
  const [skipped, failed] = [admin.skipped + panelist.skipped, admin.failed + panelist.failed];
  say('', `on purpose ${skipped} of them are to be left out and ${failed} cannot be migrated`);
  return plan;
}

type RunOptions = Options & FleetOptions & { plan: Plan };

async function withFleet(options: RunOptions, interrupted: AbortSignal): Promise<boolean> {
  const startedMs = performance.now();
  const fleet = await startFleet(options, interrupted);
  const over = new AbortController();
  try {
    say('Portage', `started the API, ${options.workers} x worker and a simulated Okta org`, startedMs);
    sayAddresses(fleet);
    const work = migrateAndSumUp(fleet, options, AbortSignal.any([interrupted, over.signal]));
    const agreed = await Promise.race([work, anyEnds(fleet.processes)]);
    if (options.keep && !interrupted.aborted) await keep(fleet, interrupted);
    return agreed;
  } finally {
    over.abort();
    await fleet.stop();
  }
}

function sayAddresses({ portage: { url }, apiKey }: Fleet): void {
  say('Board', `${url}/queues and ${url}/docs, any user name, password ${apiKey}`);
}

async function migrateAndSumUp(
  fleet: Fleet,
  { plan, installationUrl, perMinute, json, keep }: RunOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const story = await tellStory(fleet, installationUrl, perMinute, signal);
  const ends = await bothEnds(installationUrl, { url: fleet.oktaUrl, groupId: fleet.groupId });
  console.log(`\n${toText(ends, plan, story, perMinute)}\n`);
  if (keep) sayWhatIsKept(fleet);
  if (json) console.log(toJson(ends, story));
  return faultsOf(ends, plan, story).length === 0;
}

function sayWhatIsKept({ portage: { url }, apiKey, oktaUrl }: Fleet): void {
  say('API', `${url}/v1/migrations, with Authorization: Bearer ${apiKey}`);
  say('Docs', `${url}/docs, any user name, password ${apiKey}`);
  say('Board', `${url}/queues, any user name, password ${apiKey}`);
  say('Okta', `${oktaUrl}/__simulator/counters, /users, /arrivals`);
  say('', 'Everything is left running; Ctrl-C ends it.');
}

/** What ends meanwhile may have been ended on purpose: that is said, and the others go on. */
async function keep({ processes }: Fleet, interrupted: AbortSignal): Promise<void> {
  for (const { name, ended } of processes) {
    void ended.then((how) => interrupted.aborted || console.error(`${name} ended (${how})`));
  }
  await once(interrupted, 'abort');
}

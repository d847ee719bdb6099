import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { createDatabases } from '../demo/databases.ts';
import { type FleetOptions, startFleet } from '../demo/fleet.ts';
import { dropKeys } from '../demo/redis-keys.ts';
import { say } from '../demo/say.ts';
import { createPlainInstallation } from './installation.ts';
import { measure } from './measure.ts';
import { type Options, parseOptions } from './options.ts';
import { type Measured, toJson, toText } from './report.ts';

const MINUTE = 60_000;
const LOCAL = fileURLToPath(new URL('../.local', import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const { options, faults } = parseOptions(argv);
  if (faults.length > 0) {
    console.error(faults.join('\n'));
    return 2;
  }
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = process.env;
  if (!redisUrl || !databaseUrl) {
    console.error('REDIS_URL and DATABASE_URL are not set; npm run bench:scale starts both servers.');
    return 2;
  }
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
  try {
    const measured = await run(options, { redisUrl, databaseUrl }, interrupted.signal);
    console.log(`\n${toText(measured)}\n`);
    if (options.json) console.log(toJson(measured));
    return 0;
  } catch (error) {
    console.error(interrupted.signal.aborted ? 'interrupted' : error);
    return 1;
  }
}

/** Sets all up, measures and clears all away. What a killed run leaves behind, the next run of the demo drops. */
async function run(
  options: Options,
  { redisUrl, databaseUrl }: { redisUrl: string; databaseUrl: string },
  signal: AbortSignal,
): Promise<Measured> {
  const startedMs = performance.now();
  const { run: name, portageUrl, installationUrl, drop } = await createDatabases(databaseUrl);
  const folder = join(LOCAL, `demo-${name}`);
  const redisPrefix = `portage-demo-${name}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    await createPlainInstallation(installationUrl, options.panelists);
    say('EFS', `made an installation of ${options.panelists} panelists`, startedMs);
    const own = {
      folder,
      redisUrl,
      redisPrefix,
      portageUrl,
      installationUrl,
      workers: 1,
      tokenShare: 100,
      concurrency: 1_000,
    };
    const all: Options & FleetOptions = { ...options, ...own };
    const measured = await withFleet(all, startedMs + options.minutes * MINUTE, signal);
    const referenced = await countReferences(installationUrl);
    return { ...measured, referenced, seconds: Math.round((performance.now() - startedMs) / 1_000) };
  } finally {
    await drop();
    await dropKeys(redisUrl, [redisPrefix]);
    rmSync(folder, { recursive: true });
  }
}

async function withFleet(options: Options & FleetOptions, deadlineMs: number, signal: AbortSignal) {
  const fleet = await startFleet(options, signal);
  try {
    return await measure(fleet, options, deadlineMs, signal);
  } finally {
    await fleet.stop();
  }
}

async function countReferences(url: string): Promise<number> {
  const connection = await createConnection(url);
  try {
    const [[row]] = await connection.query<(RowDataPacket & { n: number })[]>(
      'SELECT COUNT(DISTINCT user_id) AS n FROM iam_portal_user_reference WHERE uuid IS NOT NULL',
    );
    return row?.n ?? 0;
  } finally {
    await connection.end();
  }
}

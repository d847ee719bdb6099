import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../../demo/say.ts';
import { toSvg } from './chart.ts';
import { drive, type Place } from './drive.ts';
import { figuresOf, type Seen } from './figures.ts';
import type { LimiterName } from './limiters.ts';
import { type Options, parseOptions } from './options.ts';
import { missedTargets, type Results, toJson, toTable } from './report.ts';

const LOCAL = fileURLToPath(new URL('../../.local', import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const { options, faults } = parseOptions(argv);
  if (faults.length > 0) {
    console.error(faults.join('\n'));
    return 2;
  }
  const { REDIS_URL: redisUrl } = process.env;
  if (!redisUrl) {
    console.error('REDIS_URL is not set; npm run bench:limiter starts a server.');
    return 2;
  }
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
  try {
    return report(await driveAll(options, redisUrl, interrupted.signal), options);
  } catch (error) {
    console.error(interrupted.signal.aborted ? 'interrupted' : error);
    return 1;
  }
}

type AllSeen = Partial<Record<LimiterName, Seen>>;

/** One after the other, each with keys and an org of its own; removes what it has made. */
async function driveAll(options: Options, redisUrl: string, signal: AbortSignal): Promise<AllSeen> {
  const redisPrefix = `portage-bench-${randomBytes(4).toString('hex')}`;
  const place: Place = { redisUrl, redisPrefix, folder: join(LOCAL, redisPrefix) };
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  const all: AllSeen = {};
  try {
    for (const name of options.only) {
      const startedMs = performance.now();
      all[name] = await drive(name, options, place, signal);
      say('limiter', `${name}: ${all[name].arrivalsMs.length} calls`, startedMs);
    }
    return all;
  } finally {
    rmSync(place.folder, { recursive: true });
  }
}

/** Says it all; the exit code. */
function report(all: AllSeen, options: Options): number {
  const results = Object.fromEntries(
    Object.entries(all).map(([name, seen]) => [name, figuresOf(seen)]),
  ) as Results;
  if (options.svg) writeFileSync(options.svg, toSvg(all, options));
  console.log(`\n${toTable(results, options)}\n`);
  const missed = results.portage ? missedTargets(results.portage, options) : [];
  for (const what of missed) console.log(`portage misses a target: ${what}`);
  if (options.json) console.log(toJson(results, options));
  return missed.length > 0 ? 1 : 0;
}

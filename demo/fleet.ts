import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigFile } from '../src/config/schema.ts';
import { configuration, writeConfiguration } from './configuration.ts';
import { createGroup } from './okta.ts';
import { connectPortage, type Portage } from './portage.ts';
import { freePort, type Process, startProcess, untilReady } from './processes.ts';

const HOST = '127.0.0.1';
const WINDOW_S = 60;
export const GROUP = 'Musterpanel';

/** What a fleet runs on and how. */
export interface FleetOptions {
  /** Where the configuration and the logs go. */
  folder: string;
  redisUrl: string;
  /** Also keeps the keys in Redis apart: small letters, digits and hyphens. */
  redisPrefix: string;
  portageUrl: string;
  installationUrl: string;
  workers: number;
  perMinute: number;
  latencyMs: number;
  tokenShare: number;
  /** Okta's rate-limit window; a shorter one scales the allowance down with it. */
  windowSeconds?: number;
  /** Calls that Okta takes at once, and Portage makes; as in an org of its edition, and Portage's default, without it. */
  concurrency?: number;
  /** Calls a minute of reading users, one by one; as in an org of its edition without it. */
  readsPerMinute?: number;
  /** A module that is shown the simulator's traffic. */
  observer?: string;
  /** Changes the configuration before it is written. */
  adjust?: (file: ConfigFile) => ConfigFile;
  /** What an adjusted configuration names besides. */
  env?: Record<string, string>;
}

/** The simulated org, Portage's API and the workers, running. */
export interface Fleet {
  oktaUrl: string;
  groupId: string;
  apiKey: string;
  oktaToken: string;
  portage: Portage;
  processes: Process[];
  /** One more worker. */
  addWorker(): Process;
  /** The API once more, where it was: after it was ended. */
  addApi(): Process;
  /** Writes the configuration anew, for the processes that are started from now on. */
  configure(adjust: (file: ConfigFile) => ConfigFile): void;
  stop(): Promise<void>;
}

/** Starts what an operator starts, in the same way; nothing is left running when that fails. */
export async function startFleet(options: FleetOptions, signal?: AbortSignal): Promise<Fleet> {
  const processes: Process[] = [];
  const start = (name: string, args: string[], env: Record<string, string> = {}) => {
    const isPortage = name !== 'simulator';
    const started = startProcess({ name, isPortage, args, env }, options.folder);
    processes.push(started);
    return started;
  };
  const stop = () => stopAll(processes);
  try {
    const token = randomBytes(24).toString('base64url');
    const simulator = start('simulator', simulatorArgs(options, token));
    const oktaUrl = await untilReady(simulator, () => addressIn(simulator.log), signal);
    const groupId = await createGroup(oktaUrl, token, GROUP);

    const apiKey = randomBytes(24).toString('base64url');
    const port = await freePort();
    const env = environment(options, token);
    const file = configurationOf(options, { oktaUrl, groupId, apiKey, port });
    const configure = (adjust = options.adjust) =>
      writeConfiguration(env.PORTAGE_CONFIG, adjust?.(file) ?? file);
    configure();
    const next = (kind: string) => processes.filter(({ name }) => name.startsWith(kind)).length + 1;
    const addWorker = () => start(`worker-${next('worker')}`, ['worker'], env);
    const addApi = () => start(next('api') === 1 ? 'api' : `api-${next('api')}`, ['api'], env);
    const api = addApi();
    for (let i = 0; i < options.workers; i++) addWorker();
    const portage = connectPortage(`http://${HOST}:${port}`, apiKey);
    await untilReady(api, async () => (await portage.isReady()) || undefined, signal);
    const how = { oktaUrl, groupId, apiKey, oktaToken: token };
    return { ...how, portage, processes, addWorker, addApi, configure, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Portage first: it ends what it has in hand, for which it needs Okta. */
async function stopAll([okta, ...portage]: Process[]): Promise<void> {
  await Promise.all(portage.map((each) => each.stop()));
  await okta?.stop();
}

/** The token is an argument, which other users of the machine can see: it opens this simulator only. */
function simulatorArgs(
  { perMinute, readsPerMinute, latencyMs, tokenShare, windowSeconds, concurrency, observer }: FleetOptions,
  token: string,
) {
  const options = {
    port: 0,
    token,
    'users-per-minute': perMinute,
    'latency-ms': latencyMs,
    'token-share': tokenShare,
    'window-s': windowSeconds ?? WINDOW_S,
    ...(readsPerMinute && { limits: `user-read=${readsPerMinute}` }),
    ...(concurrency && { concurrency }),
    ...(observer && { observer }),
  };
  return ['simulator/main.ts', ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
}

const addressIn = (log: string) => /listening on (http:\S+)\n/.exec(readFileSync(log, 'utf8'))?.[1];

/** What Portage's processes are given: the secrets that its configuration names. */
function environment({ folder, redisUrl, portageUrl, installationUrl, env }: FleetOptions, token: string) {
  return {
    ...env,
    PORTAGE_CONFIG: join(folder, 'portage.config.json'),
    REDIS_URL: redisUrl,
    DATABASE_URL: portageUrl,
    EFS_DATABASE_URL: installationUrl,
    OKTA_API_TOKEN: token,
  };
}

function configurationOf(
  { redisPrefix, perMinute, readsPerMinute, windowSeconds = WINDOW_S, concurrency }: FleetOptions,
  { apiKey, port, ...okta }: { oktaUrl: string; groupId: string; apiKey: string; port: number },
): ConfigFile {
  const apiKeySha256 = createHash('sha256').update(apiKey).digest('hex');
  const setting = { ...okta, redisPrefix, perMinute, windowSeconds, apiPort: port, apiKeySha256 };
  return configuration({
    ...setting,
    ...(readsPerMinute && { readsPerMinute }),
    ...(concurrency && { concurrency }),
  });
}

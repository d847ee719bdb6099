import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readCounters } from '../../demo/okta.ts';
import { startProcess, untilReady } from '../../demo/processes.ts';
import type { Options } from './options.ts';

const [SECOND, MINUTE] = [1_000, 60_000];
const BUCKET = 'users';
/** Answers take half to twice as long. */
const LATENCY_MS = 80;
/** Of the calls at once; the bench is about calls a minute. */
const NO_LIMIT = 1_000_000;

/** The simulated org: it records when each call arrived, and lets other applications call. */
export interface Okta {
  url: string;
  token: string;
  /** When our calls arrived, by the org's own clock. */
  arrivalsMs(): Promise<number[]>;
  throttled(): Promise<number>;
  outsiders(): Promise<{ passed: number; throttled: number }>;
  stop(): Promise<void>;
}

/** A fresh org; the outsiders begin at once. */
export async function startOkta(options: Options, folder: string, signal: AbortSignal): Promise<Okta> {
  const { perWindow, windowMs, outsiders } = options;
  const perMinute = (perWindow * MINUTE) / windowMs;
  const token = randomBytes(24).toString('base64url');
  const named = {
    port: 0,
    token,
    'users-per-minute': perMinute,
    'window-s': windowMs / SECOND,
    'latency-ms': LATENCY_MS,
    concurrency: NO_LIMIT,
  };
  const args = ['simulator/main.ts', ...Object.entries(named).map(([name, value]) => `--${name}=${value}`)];
  const process = startProcess({ name: 'simulator', args, env: {} }, folder);
  try {
    const url = await untilReady(process, () => addressIn(process.log), signal);
    await control(url, 'outsiders', { bucket: BUCKET, perMinute: perMinute * outsiders });
    return {
      url,
      token,
      async arrivalsMs() {
        const { atMs } = (await control(url, `arrivals?bucket=${BUCKET}`)) as { atMs: number[] };
        return atMs;
      },
      throttled: async () => (await readCounters(url)).throttled.total,
      async outsiders() {
        const [traffic] = (await control(url, 'outsiders')) as { calls: number; throttled: number }[];
        const { calls, throttled } = traffic ?? { calls: 0, throttled: 0 };
        return { passed: calls - throttled, throttled };
      },
      stop: () => process.stop(),
    };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

const addressIn = (log: string) => /listening on (http:\S+)\n/.exec(readFileSync(log, 'utf8'))?.[1];

async function control(url: string, what: string, body?: object): Promise<unknown> {
  const init = body && { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`${url}/__simulator/${what}`, init);
  if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${what}`);
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

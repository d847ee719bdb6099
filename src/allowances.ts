import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { currentOverrides, type Override } from './db/allowance-overrides.ts';
import type { Database } from './db/pool.ts';
import { keepFreePerMinute } from './domain/keep-free.ts';
import type { Allowance, Pace } from './limiter/limiter.ts';
import { repeat } from './repeat.ts';
import { MINUTE, SECOND } from './time.ts';

/** What an operator changes holds in every process so soon. */
const READ_EVERY_MS = 5 * SECOND;

/** How an allowance may be spent, in calls a minute: by the configuration, and by what operators have set. */
export interface Terms {
  perMinute: number;
  maxPerMinute: number;
  /** By the configuration. */
  keepFree: number;
  override: Override | null;
}

/** How the fleet may spend its allowances, as far as this process knows. */
export interface Allowances {
  /** Undefined: there is no such allowance. */
  termsOf(allowance: { org: string; bucket: string }): Terms | undefined;
  paceOf(allowance: Allowance): Pace;
  /** Reads what operators have set, from MySQL. */
  refresh(): Promise<void>;
  /** Refreshes now and every few seconds until closed; while MySQL is away the last known holds. */
  follow(): void;
  close(): void;
}

export function createAllowances({ orgs }: Config, db: Database, log: Logger): Allowances {
  const closing = new AbortController();
  const { signal } = closing;
  let overrides = new Map<string, Override>();
  let reading: Promise<void> = Promise.resolve();

  const read = async () => {
    overrides = new Map((await currentOverrides(db)).map((each) => [keyOf(each), each]));
  };
  /** One after the other: no older answer replaces a newer one. */
  const refresh = () => {
    reading = reading.catch(() => {}).then(read);
    return reading;
  };
  const termsOf: Allowances['termsOf'] = ({ org: name, bucket }) => {
    const org = Object.hasOwn(orgs, name) ? orgs[name] : undefined;
    if (!org || !isBucketOf(org.perMinute, bucket)) return undefined;
    return {
      perMinute: org.perMinute[bucket],
      maxPerMinute: org.maxPerMinute[bucket],
      keepFree: org.keepFree[bucket],
      override: overrides.get(keyOf({ org: name, bucket })) ?? null,
    };
  };

  return {
    termsOf,
    paceOf(allowance) {
      const [org, terms] = [orgs[allowance.org], termsOf(allowance)];
      if (!org || !terms) throw new Error(`Bug: no allowance ${keyOf(allowance)} is configured`);
      return toPace(terms, org);
    },
    refresh,
    follow() {
      void repeat(log, 'read what operators keep free', READ_EVERY_MS, signal, refresh);
    },
    close: () => closing.abort(),
  };
}

/** In effect, in calls a minute. A bucket that was configured smaller since keeps one call for Portage. */
export const keptFree = ({ perMinute, keepFree, override }: Terms): number =>
  override ? Math.min(keepFreePerMinute(override.keepFree, perMinute), perMinute - 1) : keepFree;

/** A short window, a rehearsal's, holds at least one call. */
function toPace(terms: Terms, { windowMs, jitterMs }: { windowMs: number; jitterMs: number }): Pace {
  const inWindow = (perMinute: number) => (perMinute * windowMs) / MINUTE;
  const perWindow = Math.max(1, Math.floor(inWindow(terms.perMinute)));
  return {
    perWindow,
    mostPerWindow: Math.max(perWindow, Math.floor(inWindow(terms.maxPerMinute))),
    keepFreePerWindow: Math.min(perWindow - 1, Math.ceil(inWindow(keptFree(terms)))),
    windowMs,
    jitterMs,
  };
}

const keyOf = ({ org, bucket }: { org: string; bucket: string }) => `${org} ${bucket}`;

const isBucketOf = <B extends string>(perMinute: Readonly<Record<B, number>>, bucket: string): bucket is B =>
  Object.hasOwn(perMinute, bucket);

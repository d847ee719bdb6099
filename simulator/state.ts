import { type Arrivals, createArrivals } from './arrivals.ts';
import { assignByGroups } from './assign-by-groups.ts';
import { type Counters, createCounters } from './counters.ts';
import type { Delays } from './delays.ts';
import { createFaults, type Faults } from './faults.ts';
import { createGate, type Gate } from './gate.ts';
import { keepIndexes } from './keep-indexes.ts';
import { createLatency, type Latency } from './latency.ts';
import { logChanges } from './log-changes.ts';
import { createOAuth, type OAuth } from './oauth.ts';
import { type Complaints, createComplaints } from './observer.ts';
import type { Options } from './options.ts';
import { createOrg, type Org } from './org.ts';
import { createOutsiders, type Outsiders } from './outsiders.ts';
import { placeByRules } from './place-by-rules.ts';
import { createRateLimits, type RateLimits } from './rate-limits.ts';
import { createSwitches, type Switches } from './switches.ts';
import { createUnsupported, type Unsupported } from './unsupported.ts';

/** All that a simulator knows and counts; a reset replaces it, but for what has to be told in the end. */
export interface State extends Findings {
  readonly options: Options;
  readonly org: Org;
  readonly limits: RateLimits;
  readonly outsiders: Outsiders;
  readonly gate: Gate;
  readonly arrivals: Arrivals;
  readonly counters: Counters;
  readonly faults: Faults;
  readonly switches: Switches;
  readonly oauth: OAuth;
  readonly latency: Latency;
}

/** What no suite may lose: it outlives every reset. */
export interface Findings {
  readonly unsupported: Unsupported;
  readonly complaints: Complaints;
}

export function createFindings(): Findings {
  return { unsupported: createUnsupported(), complaints: createComplaints() };
}

export function createState(options: Options, url: string, delays: Delays, findings: Findings): State {
  const org = createOrg(url, options, (ms, work) => delays.later(ms, work));
  keepIndexes(org);
  logChanges(org);
  placeByRules(org);
  assignByGroups(org);
  const limits = createRateLimits(options);
  return {
    options,
    org,
    limits,
    outsiders: createOutsiders(limits),
    gate: createGate(options),
    arrivals: createArrivals(),
    counters: createCounters(),
    faults: createFaults(),
    switches: createSwitches(),
    oauth: createOAuth(options),
    latency: createLatency(options.latencyMs),
    ...findings,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Preflight } from '../src/api/preflight-schemas.ts';

const POLL_MS = 500;

/** A migration as Portage's API shows it, as far as the demo looks. */
export interface Migration {
  id: number;
  operation: Operation;
  state: 'running' | 'held' | 'paused' | 'finished';
  counts: { eligible: number; done: number; failed: number; skipped: number } | null;
  ratePerMinute: number | null;
  etaSeconds: number | null;
  wait: { code: string; message: string } | null;
  heldCause: string | null;
}

export type Operation =
  | 'create-admins'
  | 'create-panelists'
  | 'register-portals'
  | 'activate-admins'
  | 'activate-panelists';

export interface Started extends Migration {
  estimate: { text: string } | null;
}

/** What became of setting a setting. */
export type Setting = { kind: 'set' } | { kind: 'refused'; code: string; why: string[] };

/** Portage's API, called as an operator's program calls it. */
export interface Portage {
  url: string;
  isReady(): Promise<boolean>;
  /** Of the first so many only, where that is said. */
  start(installation: string, operation: Operation, first?: number): Promise<Started>;
  /** What a migration would do; writes nothing. */
  preflight(installation: string, operation: Operation): Promise<Preflight>;
  set(installation: string, key: string, value: string): Promise<Setting>;
  migration(id: number): Promise<Migration>;
  /** Lets a held migration go on. */
  resume(id: number): Promise<Migration>;
}

export function connectPortage(url: string, key: string): Portage {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return {
    url,
    isReady: () =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    async start(installation, operation, first) {
      const body = JSON.stringify({ installation, operation, ...(first && { selection: { first } }) });
      return answer(await fetch(`${url}/v1/migrations`, { method: 'POST', headers, body }));
    },
    async preflight(installation, operation) {
      const body = JSON.stringify({ installation, operation });
      return answer(await fetch(`${url}/v1/migrations?dryRun=true`, { method: 'POST', headers, body }));
    },
    async set(installation, key, value) {
      const body = JSON.stringify({ value });
      const path = `/v1/installations/${installation}/settings/${key}`;
      const response = await fetch(url + path, { method: 'PUT', headers, body });
      if (response.status !== 409) {
        await answer(response);
        return { kind: 'set' };
      }
      const { code, detail, errors } = (await response.json()) as Refusal;
      return { kind: 'refused', code, why: errors?.map(({ message }) => message) ?? [detail] };
    },
    async migration(id) {
      return answer(await fetch(`${url}/v1/migrations/${id}`, { headers }));
    },
    async resume(id) {
      const init = { method: 'POST', headers: { authorization: headers.authorization } };
      return answer(await fetch(`${url}/v1/migrations/${id}/resume`, init));
    },
  };
}

interface Refusal {
  code: string;
  detail: string;
  errors?: { message: string }[];
}

/** Looks until all migrations have finished, showing each look; throws when Portage stops one of them. */
export async function untilFinished(
  portage: Portage,
  ids: number[],
  show: (migrations: Migration[]) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const migrations = await Promise.all(ids.map((id) => portage.migration(id)));
    await show(migrations);
    const held = migrations.find(({ state }) => state === 'held');
    if (held)
      throw new Error(`Portage holds ${held.operation}: ${held.wait?.message ?? 'it says no reason'}`);
    if (migrations.every(({ state }) => state === 'finished')) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function answer<T>(response: Response): Promise<T> {
  const body = (await response.json()) as { detail?: string };
  if (!response.ok) throw new Error(`Portage answered ${response.status}: ${body.detail ?? 'no detail'}`);
  return body as T;
}

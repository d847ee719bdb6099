import { setTimeout as sleep } from 'node:timers/promises';

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

export type Operation = 'create-admins' | 'create-panelists';

export interface Started extends Migration {
  estimate: { text: string } | null;
}

/** Portage's API, called as an operator's program calls it. */
export interface Portage {
  url: string;
  isReady(): Promise<boolean>;
  start(installation: string, operation: Operation): Promise<Started>;
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
    async start(installation, operation) {
      const body = JSON.stringify({ installation, operation });
      return answer(await fetch(`${url}/v1/migrations`, { method: 'POST', headers, body }));
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

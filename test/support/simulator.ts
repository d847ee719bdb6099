import type { Fault } from '../../simulator/faults.ts';

/** A user as the simulator's control surface lists them. */
export interface ListedUser {
  id: string;
  profile: Record<string, unknown>;
}

/** The simulator's control surface; its own process is asked. */
export interface SimulatorControl {
  /** The next `times` creations go wrong like that; resolves to what tells how many have. */
  failCreations(times: number, fault: Fault): Promise<{ fired(): Promise<number> }>;
  clearFaults(): Promise<void>;
  /** Calls so far, of every kind. */
  calls(): Promise<number>;
  users(): Promise<ListedUser[]>;
}

export function controlOf(oktaUrl: string): SimulatorControl {
  const ask = async <T>(path: string): Promise<T> => (await send(path)).json() as Promise<T>;
  const send = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${oktaUrl}/__simulator/${path}`, init);
    if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${path}`);
    return response;
  };
  return {
    async failCreations(times, fault) {
      const body = JSON.stringify({ method: 'POST', path: '/api/v1/users', times, fault });
      const headers = { 'content-type': 'application/json' };
      const { id } = (await (await send('faults', { method: 'POST', headers, body })).json()) as {
        id: number;
      };
      return {
        async fired() {
          const faults = await ask<{ id: number; fired: number }[]>('faults');
          return faults.find((each) => each.id === id)?.fired ?? 0;
        },
      };
    },
    async clearFaults() {
      await send('faults', { method: 'DELETE' });
    },
    calls: async () => (await ask<{ calls: { total: number } }>('counters')).calls.total,
    users: () => ask<ListedUser[]>('users'),
  };
}

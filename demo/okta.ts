import { jsonElements } from './json-elements.ts';

/** A user as the simulator's control surface lists them. */
export interface OktaUser {
  id: string;
  login: string;
  groupIds: string[];
}

/** What the simulator has counted; a bucket is one of Okta's rate limits. */
export interface OktaCounters {
  users: number;
  calls: Tally;
  throttled: Tally;
  /** Most arrivals in any window, wherever it lies. */
  busiestWindow: Record<string, number>;
}

interface Tally {
  total: number;
  byBucket: Record<string, number>;
}

/** Creates a group through Okta's ordinary API, as an Okta admin does; resolves to its id. */
export async function createGroup(url: string, token: string, name: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/groups`, {
    method: 'POST',
    headers: { authorization: `SSWS ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ profile: { name } }),
  });
  if (!response.ok) throw new Error(`Okta answered ${response.status} to the creation of a group`);
  const { id } = (await response.json()) as { id: string };
  return id;
}

export async function readCounters(url: string): Promise<OktaCounters> {
  return (await (await control(url, 'counters')).json()) as OktaCounters;
}

/** Every user there is, one by one. */
export async function* readUsers(url: string): AsyncGenerator<OktaUser> {
  const { body } = await control(url, 'users');
  if (body) yield* jsonElements<OktaUser>(body);
}

async function control(url: string, what: string): Promise<Response> {
  const response = await fetch(`${url}/__simulator/${what}`);
  if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${what}`);
  return response;
}

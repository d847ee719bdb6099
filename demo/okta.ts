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

/** The ids of those whom Okta has mailed, one for each mail. */
export async function readMailed(url: string): Promise<string[]> {
  const mails = (await (await control(url, 'outbox')).json()) as { userId: string }[];
  return mails.map(({ userId }) => userId);
}

/** A user as Okta's ordinary API shows them, with the names of their groups and apps. */
export async function readUser(
  url: string,
  token: string,
  id: string,
): Promise<{ status: string; login: string; groups: string[]; apps: string[] }> {
  const get = async <T>(path = ''): Promise<T> => {
    const response = await fetch(`${url}/api/v1/users/${id}${path}`, {
      headers: { authorization: `SSWS ${token}` },
    });
    if (!response.ok) throw new Error(`Okta answered ${response.status} to the look at user ${id}`);
    return (await response.json()) as T;
  };
  const { status, profile } = await get<{ status: string; profile: { login: string } }>();
  const groups = await get<{ profile: { name: string } }[]>('/groups');
  const apps = await get<{ label: string }[]>('/appLinks');
  return {
    status,
    login: profile.login,
    groups: groups.map((group) => group.profile.name),
    apps: apps.map(({ label }) => label),
  };
}

async function control(url: string, what: string): Promise<Response> {
  const response = await fetch(`${url}/__simulator/${what}`);
  if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${what}`);
  return response;
}

import type { Answer, Call } from './answer.ts';
import { invalidSearch } from './errors.ts';
import { foldLogin, type Org, type User } from './org.ts';
import { pageOf } from './paging.ts';
import { toListedUser } from './to-okta-user.ts';

const LIMIT = { fallback: 200, most: 200 };
const Q_LIMIT = { fallback: 10, most: 200 };

/** GET /api/v1/users. Without a parameter and with `q`, deactivated users are left out. Okta, Users API: list. */
export function listUsers(org: Org, { url }: Call): Answer {
  const query = url.searchParams;
  const search = query.get('search');
  if (search !== null) return listMatching(org, url, search, sameIgnoringCase);
  const filter = query.get('filter');
  if (filter !== null) return listMatching(org, url, filter, (a, b) => a === b);
  const q = query.get('q');
  return q === null ? listAll(org, url) : listStartingWith(org, url, q.toLowerCase());
}

function listAll(org: Org, url: URL): Answer {
  return answerWith(org, url, LIMIT, (after) => org.users.walk(after), isCurrent);
}

/** `q` has no pages: its answer is cut at the limit. */
function listStartingWith(org: Org, url: URL, start: string): Answer {
  const matches = ({ profile }: User) =>
    [profile.firstName, profile.lastName, profile.email].some(
      (value) => typeof value === 'string' && value.toLowerCase().startsWith(start),
    );
  const walk = () => org.users.walk();
  const answer = answerWith(org, url, Q_LIMIT, walk, (user) => isCurrent(user) && matches(user));
  return answer.kind === 'page' ? { ...answer, after: null } : answer;
}

type Same = (a: string, b: string) => boolean;

function listMatching(org: Org, url: URL, expression: string, same: Same): Answer {
  const criterion = parseCriterion(expression);
  if (criterion === null) return invalidSearch;
  const { attribute, value } = criterion;
  const matches = (user: User) => same(ATTRIBUTES[attribute](user), value);
  const single = SINGLE[attribute]?.(org, value);
  const walk = single ? () => single : (after?: string) => org.users.walk(after);
  return answerWith(org, url, LIMIT, walk, matches);
}

type Walk = (after: string | undefined) => Iterable<User>;

function answerWith(org: Org, url: URL, limit: typeof LIMIT, walk: Walk, matches: (user: User) => boolean) {
  return pageOf(url, limit, walk, matches, (user) => toListedUser(org, user));
}

function isCurrent(user: User): boolean {
  return user.status !== 'DEPROVISIONED';
}

function sameIgnoringCase(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const ATTRIBUTES = {
  id: (user: User) => user.id,
  status: (user: User) => user.status,
  'profile.login': (user: User) => user.profile.login,
  'profile.email': (user: User) => user.profile.email,
};

type Attribute = keyof typeof ATTRIBUTES;

/** What at most one user can have is looked up instead of read through. */
const SINGLE: { readonly [name in Attribute]?: (org: Org, value: string) => User[] } = {
  id: (org, value) => asList(org.users.get(value)),
  'profile.login': (org, value) => asList(org.byLogin.get(foldLogin(value))),
};

function asList(user: User | undefined): User[] {
  return user === undefined ? [] : [user];
}

interface Criterion {
  readonly attribute: Attribute;
  readonly value: string;
}

/** Only `attribute eq "value"` is understood. */
function parseCriterion(expression: string): Criterion | null {
  const match = /^\s*([\w.]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(expression);
  const [, attribute = '', quoted = '""'] = match ?? [];
  if (!isAttribute(attribute)) return null;
  const value: unknown = parseQuoted(quoted);
  return typeof value === 'string' ? { attribute, value } : null;
}

function isAttribute(name: string): name is Attribute {
  return Object.hasOwn(ATTRIBUTES, name);
}

function parseQuoted(quoted: string): unknown {
  try {
    return JSON.parse(quoted);
  } catch {
    return null;
  }
}

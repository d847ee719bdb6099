import type { Answer, Call } from './answer.ts';
import { invalidSearch } from './errors.ts';
import { type Case, matches } from './matches.ts';
import { foldLogin, type Org, type User } from './org.ts';
import { pageOf } from './paging.ts';
import { isFilterable, isSearchable, readUser } from './read-user.ts';
import { comparisonsIn, type Expression, type Operator, parseExpression } from './scim.ts';
import { toListedUser } from './to-okta-user.ts';
import { trim } from './trim.ts';

const LIMIT = { fallback: 200, most: 200 };
const Q_LIMIT = { fallback: 10, most: 200 };

/** GET /api/v1/users. Without a parameter and with `q`, deactivated users are left out. Okta, Users API: list. */
export function listUsers(org: Org, call: Call): Answer {
  const query = call.url.searchParams;
  const search = query.get('search');
  if (search !== null) return listFound(org, call, search);
  const filter = query.get('filter');
  if (filter !== null) return listFiltered(org, call, filter);
  const q = query.get('q');
  return q === null ? listAll(org, call) : listStartingWith(org, call, q.toLowerCase());
}

function listAll(org: Org, call: Call): Answer {
  return answerWith(org, call, LIMIT, (after) => org.users.walk(after), isCurrent);
}

/** `q` has no pages: its answer is cut at the limit. */
function listStartingWith(org: Org, call: Call, start: string): Answer {
  const starts = ({ profile }: User) =>
    [profile.firstName, profile.lastName, profile.email].some(
      (value) => typeof value === 'string' && value.toLowerCase().startsWith(start),
    );
  const walk = () => org.userIndex.walk();
  const answer = answerWith(org, call, Q_LIMIT, walk, (user) => isCurrent(user) && starts(user));
  return answer.kind === 'page' ? { ...answer, after: null } : answer;
}

function listFiltered(org: Org, call: Call, text: string): Answer {
  const expression = understand(org, text, isFilterable);
  if (expression === null) return invalidSearch;
  const walk = (after?: string) => candidates(org, expression, after);
  return answerWith(org, call, LIMIT, walk, (user) => isMatch(org, expression, user, 'exact'));
}

function listFound(org: Org, call: Call, text: string): Answer {
  const expression = understand(org, text, isSearchable);
  const order = orderOf(org, call.url.searchParams);
  if (expression === null || order === null) return invalidSearch;
  const isFound = (user: User) => isMatch(org, expression, user, 'ignored');
  if (order === 'by-id') {
    return answerWith(org, call, LIMIT, (after) => candidates(org, expression, after), isFound);
  }
  const { keyOf, compare } = order;
  const found = [...candidates(org, expression)].filter(isFound);
  found.sort((a, b) => compare(keyOf(a), keyOf(b)));
  const isAfter = (user: User, id: string, key: unknown) =>
    (compare(keyOf(user), key) || (user.id > id ? 1 : -1)) > 0;
  const walk = (after?: string, key?: unknown) =>
    after === undefined ? found : found.filter((user) => isAfter(user, after, key));
  return answerWith(org, call, LIMIT, walk, () => true, keyOf);
}

function answerWith(
  org: Org,
  { url, headers }: Call,
  limit: typeof LIMIT,
  walk: (after: string | undefined, key: unknown) => Iterable<User>,
  fits: (user: User) => boolean,
  keyOf?: (user: User) => unknown,
) {
  return pageOf(url, limit, walk, fits, (user) => trim(toListedUser(org, user), headers), keyOf);
}

function isCurrent(user: User): boolean {
  return user.status !== 'DEPROVISIONED';
}

type Allows = (org: Org, attribute: string, operator: Operator) => boolean;

function understand(org: Org, text: string, allows: Allows): Expression | null {
  const expression = parseExpression(text);
  if (expression === null) return null;
  const isAllowed = comparisonsIn(expression).every(({ attribute, operator }) =>
    allows(org, attribute, operator),
  );
  return isAllowed ? expression : null;
}

function isMatch(org: Org, expression: Expression, user: User, textCase: Case): boolean {
  return matches(expression, (attribute) => readUser(org, user, attribute), textCase);
}

/** What at most one user can have is looked up instead of read through. */
function candidates(org: Org, expression: Expression, after?: string): Iterable<User> {
  if (!org.userIndex.isLive) return org.userIndex.walk(after);
  const parts = expression.kind === 'and' ? expression.parts : [expression];
  for (const part of parts) {
    if (part.kind !== 'comparison' || part.operator !== 'eq' || typeof part.value !== 'string') continue;
    if (part.attribute === 'id') return asList(org.users.get(part.value));
    if (part.attribute === 'profile.login') return asList(org.byLogin.get(foldLogin(part.value)));
  }
  return org.users.walk(after);
}

function asList(user: User | undefined): User[] {
  return user === undefined ? [] : [user];
}

interface Order {
  readonly keyOf: (user: User) => unknown;
  /** Below 0: the first key comes before the second. */
  readonly compare: (a: unknown, b: unknown) => number;
}

/** `sortBy` and `sortOrder` go with `search` and each other only; null is not understood. Equals stay in the order of their ids. */
function orderOf(org: Org, query: URLSearchParams): Order | 'by-id' | null {
  const sortBy = query.get('sortBy');
  if (sortBy === null) return 'by-id';
  const direction = query.get('sortOrder')?.toLowerCase() ?? 'asc';
  if (!isSearchable(org, sortBy, 'eq') || (direction !== 'asc' && direction !== 'desc')) return null;
  const sign = direction === 'asc' ? 1 : -1;
  return { keyOf: (user) => readUser(org, user, sortBy), compare: (a, b) => sign * compareKeys(a, b) };
}

function compareKeys(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return toText(a).localeCompare(toText(b));
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value ?? '');
}

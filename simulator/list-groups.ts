import type { Answer, Call } from './answer.ts';
import { invalidSearch } from './errors.ts';
import { type Case, matches } from './matches.ts';
import type { Group, Org } from './org.ts';
import { pageOf } from './paging.ts';
import { comparisonsIn, type Expression, type Operator, parseExpression } from './scim.ts';
import { toGroup } from './to-group.ts';

const LIMIT = { fallback: 10_000, most: 10_000 };
const Q_LIMIT = { fallback: 300, most: 300 };

/** GET /api/v1/groups. Okta, Groups API: list groups. */
export function listGroups(org: Org, { url }: Call): Answer {
  const query = url.searchParams;
  const search = query.get('search');
  if (search !== null) return listMatching(org, url, search, isSearchable, 'ignored');
  const filter = query.get('filter');
  if (filter !== null) return listMatching(org, url, filter, isFilterable, 'exact');
  const q = query.get('q');
  if (q !== null) return listStartingWith(org, url, q.toLowerCase());
  return answerWith(
    org,
    url,
    (after) => org.groups.walk(after),
    () => true,
  );
}

/** `q` is the start of a name and has no pages: its answer is cut at the limit. */
function listStartingWith(org: Org, url: URL, start: string): Answer {
  const starts = (group: Group) => group.name.toLowerCase().startsWith(start);
  const walk = () => org.groupIndex.walk();
  const answer = pageOf(url, Q_LIMIT, walk, starts, (group) => toGroup(org, group));
  return answer.kind === 'page' ? { ...answer, after: null } : answer;
}

type Allows = (attribute: string, operator: Operator) => boolean;

function listMatching(org: Org, url: URL, text: string, allows: Allows, textCase: Case): Answer {
  const expression = parseExpression(text);
  if (expression === null || !isAllowed(expression, allows)) return invalidSearch;
  const isFound = (group: Group) => matches(expression, (attribute) => readGroup(group, attribute), textCase);
  return answerWith(org, url, (after) => org.groupIndex.walk(after), isFound);
}

type Walk = (after: string | undefined) => Iterable<Group>;

function answerWith(org: Org, url: URL, walk: Walk, fits: (group: Group) => boolean): Answer {
  return pageOf(url, LIMIT, walk, fits, (group) => toGroup(org, group));
}

function isAllowed(expression: Expression, allows: Allows): boolean {
  return comparisonsIn(expression).every(({ attribute, operator }) => allows(attribute, operator));
}

const TIMES = ['lastUpdated', 'lastMembershipUpdated'];
const SEARCHED = ['id', 'type', 'created', 'profile.name', 'profile.description', ...TIMES];
const ORDER: readonly Operator[] = ['gt', 'ge', 'lt', 'le'];

function isSearchable(attribute: string, operator: Operator): boolean {
  return SEARCHED.includes(attribute) && operator !== 'ne' && operator !== 'ew';
}

function isFilterable(attribute: string, operator: Operator): boolean {
  if (TIMES.includes(attribute)) return operator === 'eq' || ORDER.includes(operator);
  return (attribute === 'id' || attribute === 'type') && operator === 'eq';
}

function readGroup(group: Group, attribute: string): unknown {
  switch (attribute) {
    case 'id':
      return group.id;
    case 'type':
      return group.type;
    case 'created':
      return new Date(group.createdMs).toISOString();
    case 'lastUpdated':
      return new Date(group.lastUpdatedMs).toISOString();
    case 'lastMembershipUpdated':
      return new Date(group.lastMembershipUpdatedMs).toISOString();
    case 'profile.name':
      return group.name;
    default:
      return group.description;
  }
}

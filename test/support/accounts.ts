import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { adminCases, type Case, type Fate, type Kind, panelistCases } from '../../demo/cases.ts';
import { unaccented } from '../../demo/mails.ts';
import { type Marker, parseMarker } from '../../src/domain/marker.ts';
import { type Edits, noEdits, type Version } from './edits.ts';
import type { TestFleet } from './fleet.ts';

/** One installation of a fleet. */
export type Place = Pick<
  TestFleet,
  'installation' | 'installationUrl' | 'portageUrl' | 'oktaUrl' | 'groupId' | 'people'
>;

/** What the installation, Okta and Portage's failures say about the same people, row by row. */
interface Books {
  people: Record<Kind, Map<number, Row>>;
  /** The portals that a panelist is in. */
  portals: Map<number, Set<number>>;
  references: Record<Kind, Map<number, { portal: number; uuid: string }[]>>;
  /** Okta's users by whom their marker names. */
  users: Record<Kind, Map<number, OktaUser[]>>;
  strangers: OktaUser[];
  /** Okta's ids in EFS' queue of users to be taken out of the group. */
  unassigned: string[];
  failures: Record<Kind, Map<number, string[]>>;
}

interface OktaUser {
  id: string;
  groupIds: string[];
  profile: Record<string, string>;
}

type Row = Version;

/** Refusals of what was invented to be refused. */
const NAMED = ['mail_missing', 'mail_invalid', 'login_taken', 'okta_refused'];

/**
 * Everybody is in Okta once, in the group, and referenced once for each portal; or named in the failures, where that
 * was to be; or deleted, and whoever was in Okta by then is in EFS' queue. In words, what is not so.
 */
export async function disagreements(place: Place, edits: Edits = noEdits()): Promise<string[]> {
  const books = await read(place);
  const found = books.strangers.map(({ profile }) => `Okta has a user marked ${profile.employeeNumber}`);
  const people = everybody(place, edits);
  for (const mates of shareMail(people, books)) {
    for (const person of mates) person.fate = 'shared';
    const names = (some: Person[]) => some.map(({ kind, id }) => `${kind} ${id}`).join(', ') || 'nobody';
    const referenced = mates.filter(({ kind, id }) => books.references[kind].has(id));
    if (referenced.length !== 1)
      found.push(`${names(mates)} have one mail; referenced: ${names(referenced)}`);
  }
  for (const person of people) {
    const faults = faultsOf(books, person, place.groupId, edits);
    found.push(...faults.map((what) => `${person.kind} ${person.id} ${what}`));
  }
  for (const kind of ['admin', 'panelist'] as const) {
    const known = new Set(people.filter((person) => person.kind === kind).map(({ id }) => id));
    for (const id of books.users[kind].keys()) {
      if (!known.has(id)) found.push(`Okta has a user of ${kind} ${id}, who never was`);
    }
  }
  const twice = books.unassigned.length - new Set(books.unassigned).size;
  if (twice > 0) found.push(`${twice} users are queued for unassignment twice`);
  return found;
}

interface Person {
  kind: Kind;
  id: number;
  special: Case;
  /** `shared`: referenced or failed, one of those who have a mail together. */
  fate: Fate | 'deleted' | 'shared';
}

function everybody({ people }: Place, edits: Edits): Person[] {
  const admins = [...people.admins].map(
    ({ row, case: special }): Person => ({ kind: 'admin', id: row.uid, special, fate: adminCases[special] }),
  );
  const panelists = [...people.panelists].map(({ row, case: special }): Person => {
    const fate = edits.deleted.has(row.uid) ? 'deleted' : panelistCases[special];
    return { kind: 'panelist', id: row.uid, special, fate };
  });
  const added = edits.added.map((id): Person => {
    const fate = edits.deleted.has(id) ? 'deleted' : 'referenced';
    return { kind: 'panelist', id, special: 'ordinary', fate };
  });
  return [...admins, ...panelists, ...added];
}

/** Those who are wanted and have a mail together, which Okta takes from one of them. */
function shareMail(people: Person[], books: Books): Person[][] {
  const byMail = new Map<string, Person[]>();
  for (const person of people) {
    const { kind, id, special, fate } = person;
    const mail = books.people[kind].get(id)?.mail;
    const isRefusedAnyway = fate !== 'referenced' && !/^(duplicate|also-admin)/.test(special);
    if (mail && !isRefusedAnyway) push(byMail, fold(mail), person);
  }
  return [...byMail.values()].filter((mates) => mates.length > 1);
}

/** What Okta takes for the same login. */
const fold = (mail: string) => unaccented(mail.trim()).toLowerCase();

function faultsOf(books: Books, person: Person, groupId: string, edits: Edits): string[] {
  const { kind, id } = person;
  const users = books.users[kind].get(id) ?? [];
  const references = books.references[kind].get(id) ?? [];
  const failures = books.failures[kind].get(id) ?? [];
  const lot = references.length > 0 ? 'referenced' : 'failed';
  const fate = person.fate === 'shared' ? lot : person.fate;
  const faults: string[] = [];
  const expectThat = (holds: boolean, what: string) => {
    if (!holds) faults.push(what);
  };
  switch (fate) {
    case 'referenced': {
      const portals = kind === 'panelist' ? [...(books.portals.get(id) ?? [])] : [0];
      const referencedIn = references.map(({ portal }) => portal);
      expectThat(
        list(referencedIn) === list(portals),
        `is in the portals ${list(portals)} and referenced in ${list(referencedIn)}`,
      );
      expectThat(users.length === 1, `is ${users.length} users in Okta`);
      const [user] = users;
      expectThat(
        references.every(({ uuid }) => uuid === user?.id),
        'is referenced to somebody else',
      );
      expectThat(user?.groupIds.includes(groupId) ?? false, 'is not in the group');
      const row = books.people[kind].get(id);
      const versions =
        kind === 'panelist' ? (edits.versions.get(id) ?? (row ? [row] : [])) : row ? [row] : [];
      expectThat(
        versions.some((version) => user !== undefined && isVersion(user, version)),
        'is in Okta as EFS never had them',
      );
      expectThat(failures.length === 0, `is referenced and failed: ${failures.join(', ')}`);
      break;
    }
    case 'failed':
      expectThat(
        failures.length === 1 && NAMED.includes(failures[0] ?? ''),
        `is named ${failures.length} times: ${failures.join(', ')}`,
      );
      expectThat(references.length === 0, 'failed and is referenced');
      expectThat(users.length === 0, `failed and is ${users.length} users in Okta`);
      break;
    case 'skipped':
      expectThat(references.length + users.length + failures.length === 0, 'was to be left out');
      break;
    case 'deleted': {
      const forgotten = users.filter((user) => !books.unassigned.includes(user.id));
      expectThat(
        forgotten.length === 0,
        `was deleted, and ${forgotten.length} of ${users.length} Okta users is forgotten`,
      );
      expectThat(references.length === 0, 'was deleted and is referenced');
      expectThat(failures.length === 0, `was deleted and failed: ${failures.join(', ')}`);
      break;
    }
  }
  return faults;
}

export function isVersion({ profile }: { profile: Record<string, unknown> }, version: Version): boolean {
  const mail = version.mail?.trim();
  const { login, email, firstName, lastName } = profile;
  return login === mail && email === mail && firstName === version.firstName && lastName === version.lastName;
}

const list = (values: number[]) => values.toSorted((a, b) => a - b).join(', ');

async function read({ installation, installationUrl, portageUrl, oktaUrl }: Place): Promise<Books> {
  const efs = await createConnection({ uri: installationUrl, charset: 'utf8mb4' });
  const own = await createConnection({ uri: portageUrl });
  try {
    const okta = (await (await fetch(`${oktaUrl}/__simulator/users`)).json()) as OktaUser[];
    const users: Books['users'] = { admin: new Map(), panelist: new Map() };
    const strangers: OktaUser[] = [];
    for (const user of okta) {
      const marker: Marker | null = parseMarker(user.profile.employeeNumber);
      if (!marker) strangers.push(user);
      else if (marker.installation === installation) push(users[marker.kind], marker.id, user);
    }
    const references: Books['references'] = { admin: new Map(), panelist: new Map() };
    for (const { user_id, uuid } of await all(efs, 'SELECT user_id, uuid FROM iam_user_reference')) {
      push(references.admin, user_id, { portal: 0, uuid: text(uuid) });
    }
    for (const row of await all(efs, 'SELECT user_id, portal_id, uuid FROM iam_portal_user_reference')) {
      push(references.panelist, row.user_id, { portal: row.portal_id, uuid: text(row.uuid) });
    }
    const portals: Books['portals'] = new Map();
    for (const { user_id, portal_id } of await all(efs, 'SELECT user_id, portal_id FROM portal_panelists')) {
      portals.set(user_id, (portals.get(user_id) ?? new Set()).add(portal_id));
    }
    const queue = await all(efs, 'SELECT uuid FROM iam_portal_user_group_unassignment_queue');
    const failures: Books['failures'] = { admin: new Map(), panelist: new Map() };
    for (const { subject_id, code, operation } of await all(
      own,
      `SELECT f.subject_id, f.code, m.operation FROM failures f JOIN migrations m ON m.id = f.migration_id
        WHERE m.installation = ?`,
      [installation],
    )) {
      push(failures[operation === 'create-admins' ? 'admin' : 'panelist'], Number(subject_id), code);
    }
    return {
      people: {
        admin: await peopleOf(
          efs,
          'SELECT uid, email AS mail, firstname AS firstName, name AS lastName FROM users',
        ),
        panelist: await peopleOf(
          efs,
          'SELECT uid, u_email AS mail, u_firstname AS firstName, u_name AS lastName FROM panelists',
        ),
      },
      portals,
      references,
      users,
      strangers,
      unassigned: queue.map(({ uuid }) => text(uuid)),
      failures,
    };
  } finally {
    efs.destroy();
    own.destroy();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: rows of statements that are written out beside their use
type AnyRow = RowDataPacket & Record<string, any>;

async function all(connection: Connection, sql: string, values: string[] = []): Promise<AnyRow[]> {
  const [rows] = await connection.query<AnyRow[]>(sql, values);
  return rows;
}

async function peopleOf(connection: Connection, sql: string): Promise<Map<number, Row>> {
  return new Map(
    (await all(connection, sql)).map(({ uid, ...row }) => [uid as number, row as unknown as Row]),
  );
}

const text = (uuid: Buffer | null) => uuid?.toString('latin1') ?? '';

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

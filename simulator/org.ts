import type { App } from './app.ts';
import { type Changes, createChanges } from './changes.ts';
import { type Collection, createCollection } from './collection.ts';
import type { Delays } from './delays.ts';
import { createIds, type Ids } from './ids.ts';
import type { Party } from './log-record.ts';
import type { Options } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { Profile } from './profile.ts';
import type { Rule } from './rule.ts';
import { createSearchIndex, type SearchIndex } from './search-index.ts';
import { createSystemLog, type SystemLog } from './system-log.ts';
import { createUserSchema, type UserSchema } from './user-schema.ts';

/** The statuses that this simulator can bring a user to. Okta, user lifecycle. */
export type Status =
  | 'STAGED'
  | 'PROVISIONED'
  | 'ACTIVE'
  | 'RECOVERY'
  | 'PASSWORD_EXPIRED'
  | 'SUSPENDED'
  | 'DEPROVISIONED';

/** All times are wall-clock milliseconds; null is "not yet". */
export interface User {
  readonly id: string;
  profile: Profile;
  status: Status;
  /** Where a running job will bring him. */
  transition: Status | null;
  /** Activated, but not settled yet: he cannot be updated. */
  isActivating: boolean;
  readonly createdMs: number;
  activatedMs: number | null;
  statusChangedMs: number | null;
  lastUpdatedMs: number;
  credentials: Credentials;
  /** Everyone is not among them. */
  groupIds: readonly string[];
  lastLoginMs?: number;
}

export interface Credentials {
  readonly hasPassword: boolean;
  readonly passwordChangedMs: number | null;
  readonly recoveryQuestion: string | null;
  readonly provider: { readonly type: string; readonly name: string };
}

export interface Group {
  readonly id: string;
  readonly type: 'OKTA_GROUP' | 'BUILT_IN';
  name: string;
  description: string | null;
  readonly createdMs: number;
  lastUpdatedMs: number;
  lastMembershipUpdatedMs: number;
  readonly members: Collection<User>;
}

export interface Org {
  /** As the call in hand has reached it: links lead back there. Before the first call, where it listens. */
  url: string;
  readonly options: Options;
  readonly orgId: string;
  /** The id of its one API token. */
  readonly tokenId: string;
  /** Who made that token; one object, for every event of the log names him. */
  readonly administrator: Party;
  readonly changes: Changes;
  /** Does what Okta does in the background; without a lag at once. */
  readonly later: Delays['later'];
  readonly log: SystemLog;
  readonly ids: Ids;
  readonly users: Collection<User>;
  /** By folded login, over all statuses: a deactivated user still holds his. */
  readonly byLogin: Map<string, User>;
  readonly groups: Collection<Group>;
  readonly userIndex: SearchIndex<User>;
  readonly groupIndex: SearchIndex<Group>;
  readonly everyone: Group;
  readonly rules: Collection<Rule>;
  readonly apps: Collection<App>;
  /** The apps that a group is assigned to, by its id. */
  readonly appsByGroup: Map<string, Set<App>>;
  /** Of all OIDC apps; no two share one. */
  readonly clientIds: Set<string>;
  readonly userTypeId: string;
  readonly schema: UserSchema;
  readonly realmId: string;
  readonly outbox: Outbox;
  /** How many users were ever created here. */
  created: number;
}

/** An org as it is on its first day: nobody in it, and the group Everyone. */
export function createOrg(url: string, options: Options, later: Delays['later']): Org {
  const ids = createIds();
  const log = createSystemLog(options, later);
  const users = createCollection<User>();
  const everyone = newGroup(ids.next('00g'), 'BUILT_IN', 'Everyone', 'All users in your organization', users);
  const groups = createCollection<Group>();
  groups.add(everyone);
  const tokenId = ids.next('00T');
  return {
    url,
    options,
    orgId: ids.next('00o'),
    tokenId,
    administrator: toAdministrator(tokenId),
    changes: createChanges(),
    later: (ms, work) => later(ms, log.bind(work)),
    log,
    ids,
    users,
    byLogin: new Map(),
    groups,
    userIndex: createSearchIndex(users, options.searchLagMs, later),
    groupIndex: createSearchIndex(groups, options.searchLagMs, later),
    everyone,
    rules: createCollection(),
    apps: createCollection(),
    appsByGroup: new Map(),
    clientIds: new Set(),
    userTypeId: ids.next('oty'),
    schema: createUserSchema(),
    realmId: ids.next('guo'),
    outbox: createOutbox(options),
    created: 0,
  };
}

function toAdministrator(tokenId: string): Party {
  return {
    type: 'User',
    id: `00u${tokenId.slice(3)}`,
    alternateId: 'admin@simulator.example',
    displayName: 'API Administrator',
  };
}

export function newGroup(
  id: string,
  type: Group['type'],
  name: string,
  description: string | null,
  members = createCollection<User>(),
): Group {
  const now = Date.now();
  return {
    id,
    type,
    name,
    description,
    createdMs: now,
    lastUpdatedMs: now,
    lastMembershipUpdatedMs: now,
    members,
  };
}

/** Logins are unique ignoring case and diacritics. Okta, Users API: login. */
export function foldLogin(login: string): string {
  return login.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

export function sendActivationMail(org: Org, user: User): void {
  org.outbox.send(user.id, 'activation', user.profile.email);
}

/** Activation goes on for a while behind the answer. */
export function settleLater(org: Org, user: User): void {
  user.isActivating = true;
  org.later(org.options.transitionMs, () => {
    user.isActivating = false;
  });
}

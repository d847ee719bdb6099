import type { App } from './app.ts';
import type { AppChange, Change, SecretChange, UserChange } from './changes.ts';
import type { Party } from './log-record.ts';
import type { Group, Org, User } from './org.ts';
import type { Rule } from './rule.ts';
import type { Secret } from './secret.ts';

/** Writes down whatever changes in an org. */
export function logChanges(org: Org): void {
  org.changes.listen((change) => {
    const targets = targetsOf(org, change);
    for (const type of typesOf(change)) org.log.publish({ type, targets });
  });
}

const USER_TYPES: Readonly<Record<UserChange, readonly string[]>> = {
  created: ['user.lifecycle.create'],
  updated: ['user.account.update_profile'],
  activated: ['user.lifecycle.activate'],
  reactivated: ['user.lifecycle.reactivate'],
  deactivated: ['user.lifecycle.deactivate'],
  suspended: ['user.lifecycle.suspend'],
  unsuspended: ['user.lifecycle.unsuspend'],
  'password-reset': ['user.account.reset_password'],
  deleted: ['user.lifecycle.delete.initiated', 'user.lifecycle.delete.completed'],
};

const APP_TYPES: Readonly<Record<AppChange, string>> = {
  created: 'application.lifecycle.create',
  updated: 'application.lifecycle.update',
  activated: 'application.lifecycle.activate',
  deactivated: 'application.lifecycle.deactivate',
  deleted: 'application.lifecycle.delete',
};

const GROUP_TYPES = {
  created: 'group.lifecycle.create',
  updated: 'group.profile.update',
  deleted: 'group.lifecycle.delete',
} as const;

const SECRET_VERBS: Readonly<Record<SecretChange, string>> = {
  created: 'create',
  activated: 'activate',
  deactivated: 'deactivate',
  deleted: 'delete',
};

/** INFERRED: that `deactivated` is what an administrator does; Okta's catalogue does not describe it. */
const RULE_TYPES = {
  deactivated: 'group.user_membership.rule.deactivated',
  invalidated: 'group.user_membership.rule.invalidate',
} as const;

function typesOf(change: Change): readonly string[] {
  switch (change.kind) {
    case 'user':
      return USER_TYPES[change.what];
    case 'group':
      return [GROUP_TYPES[change.what]];
    case 'app':
      return [APP_TYPES[change.what]];
    case 'membership':
      return [`group.user_membership.${verbOf(change.what)}`];
    case 'secret':
      return [`app.oauth2.credentials.lifecycle.${SECRET_VERBS[change.what]}`];
    case 'rule':
      return [RULE_TYPES[change.what]];
    case 'exclusion':
      return ['group.user_membership.rule.add_exclusion'];
    case 'schema':
      // INFERRED: "Update universal directory user profile" is all that Okta says of it.
      return ['directory.user_profile.update'];
    case 'app-group':
      return [`group.application_assignment.${verbOf(change.what)}`];
    case 'app-user':
      return [`application.user_membership.${verbOf(change.what)}`];
  }
}

const VERBS = { added: 'add', removed: 'remove', updated: 'update' } as const;

function verbOf(what: keyof typeof VERBS): string {
  return VERBS[what];
}

function targetsOf(org: Org, change: Change): readonly Party[] {
  switch (change.kind) {
    case 'user':
      return [toUserParty(change.user)];
    case 'group':
      return [toGroupParty(change.group)];
    case 'app':
      return [toAppParty(change.app)];
    case 'membership':
      return [toUserParty(change.user), toGroupParty(change.group)];
    case 'secret':
      return [toAppParty(change.app), toSecretParty(change.secret)];
    case 'rule':
      return [toRuleParty(change.rule)];
    case 'exclusion':
      return [toUserParty(change.user), toRuleParty(change.rule)];
    case 'schema':
      return [{ type: 'UserProfile', id: org.userTypeId, alternateId: 'unknown', displayName: 'User' }];
    case 'app-group':
      return [toGroupParty(change.group), toAppParty(change.app)];
    case 'app-user':
      return [toUserParty(change.user, 'AppUser'), toAppParty(change.app), toUserParty(change.user)];
  }
}

export function toUserParty({ id, profile }: User, type: 'User' | 'AppUser' = 'User'): Party {
  const name = [profile.firstName, profile.lastName].filter((part) => typeof part === 'string').join(' ');
  return { type, id, alternateId: profile.login, displayName: name || profile.login };
}

export function toAppParty({ id, details, oauth }: App): Party {
  const kind = oauth === null ? details.label : 'OpenID Connect Client';
  return { type: 'AppInstance', id, alternateId: details.label, displayName: kind };
}

function toGroupParty({ id, name }: Group): Party {
  return { type: 'UserGroup', id, alternateId: 'unknown', displayName: name };
}

/** INFERRED, the types of these parties and that of a schema. */
function toSecretParty({ id }: Secret): Party {
  return { type: 'client_secret', id, alternateId: 'unknown', displayName: 'client_secret' };
}

function toRuleParty({ id, name }: Rule): Party {
  return { type: 'GroupRule', id, alternateId: 'unknown', displayName: name };
}

import type { App } from './app.ts';
import type { AppUser } from './assignment.ts';
import type { Org, User } from './org.ts';
import { toListedUser } from './to-okta-user.ts';

/** An app's user as the API shows him. Recorded on OIDC apps of real orgs. */
export function toAppUser(org: Org, app: App, own: AppUser, isExpanded = false): Record<string, unknown> {
  const user = org.users.get(own.id);
  return {
    id: own.id,
    externalId: null,
    created: new Date(own.createdMs).toISOString(),
    lastUpdated: new Date(own.lastUpdatedMs).toISOString(),
    scope: own.scope,
    status: 'ACTIVE',
    statusChanged: new Date(own.createdMs).toISOString(),
    passwordChanged: null,
    syncState: 'DISABLED',
    credentials: { userName: user === undefined ? own.userName : userNameOf(own, user) },
    profile: { ...(app.oauth !== null && user !== undefined && toClaims(user)), ...own.profile },
    ...(isExpanded && user !== undefined && { _embedded: { user: toListedUser(org, user) } }),
    _links: {
      app: { href: `${org.url}/api/v1/apps/${app.id}` },
      user: { href: `${org.url}/api/v1/users/${own.id}` },
    },
  };
}

export function userNameOf(own: AppUser, { profile }: User): string {
  return own.userName ?? profile.login;
}

/** The OIDC claims that Okta maps by itself. Recorded. */
function toClaims({ profile }: User): Record<string, string | null> {
  return {
    street_address: textOf(profile.streetAddress),
    country: textOf(profile.countryCode),
    website: textOf(profile.profileUrl),
    zoneinfo: textOf(profile.timezone) ?? 'America/Los_Angeles',
    birthdate: null,
    gender: null,
    formatted: null,
    profile: null,
    locality: textOf(profile.city),
    given_name: textOf(profile.firstName),
    middle_name: textOf(profile.middleName),
    locale: textOf(profile.locale) ?? 'en_US',
    picture: null,
    name: textOf(profile.displayName) ?? [profile.firstName, profile.lastName].join(' '),
    nickname: textOf(profile.nickName),
    phone_number: textOf(profile.primaryPhone),
    region: textOf(profile.state),
    postal_code: textOf(profile.zipCode),
    family_name: textOf(profile.lastName),
    email: profile.email,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

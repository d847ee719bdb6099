import validator from 'validator';
import { markerText } from './marker.ts';
import type { PersonKind } from './operations.ts';
import type { Person } from './person.ts';

/** A profile as Portage sends it: Okta's base attributes, and the marker in the attribute that is configured. */
export interface OktaProfile {
  login: string;
  email: string;
  firstName: string;
  lastName: string;
  [attribute: string]: string;
}

export type Profile =
  | { kind: 'complete'; profile: OktaProfile }
  /** Refused before any call to Okta. */
  | { kind: 'unusable'; code: 'mail_missing' | 'mail_invalid' };

/** How an installation's people become Okta profiles. */
export interface ProfileMapping {
  installation: string;
  /** Template such as `{email}`. */
  login: string;
  markerAttribute: string;
}

export function toOktaProfile(
  person: Person,
  kind: PersonKind,
  { installation, login, markerAttribute }: ProfileMapping,
): Profile {
  const email = person.email.trim();
  if (email === '') return { kind: 'unusable', code: 'mail_missing' };
  // Okta accepts letters beyond ASCII (RFC 6531); its own length limits it tells us itself.
  if (!validator.isEmail(email, { allow_utf8_local_part: true, ignore_max_length: true })) {
    return { kind: 'unusable', code: 'mail_invalid' };
  }
  const { firstName, lastName, id } = person;
  return {
    kind: 'complete',
    profile: {
      login: renderLogin(login, { email, id: String(id), kind, installation }),
      email,
      firstName,
      lastName,
      [markerAttribute]: markerText({ installation, kind, id }),
    },
  };
}

/** What a login template may hold in braces. */
export const loginPlaceholders = ['email', 'id', 'kind', 'installation'] as const;
type LoginValues = Record<(typeof loginPlaceholders)[number], string>;

function renderLogin(template: string, values: LoginValues): string {
  return template.replace(/\{(\w+)\}/g, (_, name: keyof LoginValues) => values[name]);
}

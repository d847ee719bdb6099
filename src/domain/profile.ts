import validator from 'validator';
import type { SubjectId } from './ids.ts';
import type { SubjectKind } from './operations.ts';
import type { Person } from './person.ts';

/** Okta's base attributes as Portage sends them (Okta, Users API: create user). */
export interface OktaProfile {
  login: string;
  email: string;
  firstName: string;
  lastName: string;
  /** Whom Portage created the user for: how a later attempt recognises its own user. See `markerOf`. */
  employeeNumber: string;
}

/** The same in all attempts at one person, and nobody else's. */
export function markerOf(installation: string, kind: SubjectKind, id: SubjectId): string {
  return `${installation}/${kind}/${id}`;
}

export type Profile =
  | { kind: 'complete'; profile: OktaProfile }
  /** Refused before any call to Okta. */
  | { kind: 'unusable'; code: 'mail_missing' | 'mail_invalid' };

/** Maps a person to Okta's profile; `login` is the installation's template, such as `{email}`. */
export function toOktaProfile(
  person: Person,
  kind: SubjectKind,
  login: string,
  installation: string,
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
      employeeNumber: markerOf(installation, kind, id),
    },
  };
}

/** What a login template may hold in braces. */
export const loginPlaceholders = ['email', 'id', 'kind', 'installation'] as const;
type LoginValues = Record<(typeof loginPlaceholders)[number], string>;

function renderLogin(template: string, values: LoginValues): string {
  return template.replace(/\{(\w+)\}/g, (_, name: keyof LoginValues) => values[name]);
}

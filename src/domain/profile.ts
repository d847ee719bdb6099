import validator from 'validator';
import { markerText } from './marker.ts';
import type { PersonKind } from './operations.ts';
import type { Person } from './person.ts';
import { type Placeholders, render } from './template.ts';

/** A profile as Portage sends it: Okta's base attributes, those that are mapped, and the marker in its attribute. */
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

/** What is made of a column's value, in this order. */
const transforms = {
  trim: (value: string) => value.trim(),
  'lower-case': (value: string) => value.toLowerCase(),
  /** `de`, `de-AT` and `de_at` become `de_DE`, `de_AT` and `de_AT`; what is no language becomes nothing. */
  locale: toLocale,
};
export type Transform = keyof typeof transforms;
export const transformNames = Object.keys(transforms) as Transform[];

/** Where one attribute of Okta's profile comes from. */
export interface MappedAttribute {
  column?: string;
  /** Columns, of which those that are not empty are joined. */
  concat?: readonly string[];
  /** Between them: a space unless told. */
  separator?: string;
  transforms?: readonly Transform[];
  /** For who has nothing there; without columns, for everybody. */
  default?: string;
}
export type MappedAttributes = Readonly<Record<string, MappedAttribute>>;

/** How an installation's people of one kind become Okta profiles. */
export interface ProfileMapping {
  installation: string;
  kind: PersonKind;
  /** Template such as `{email}`. */
  login: string;
  markerAttribute: string;
  attributes: MappedAttributes;
}

export function toOktaProfile(
  person: Person,
  { installation, kind, login, markerAttribute, attributes }: ProfileMapping,
): Profile {
  const email = person.email.trim();
  if (email === '') return { kind: 'unusable', code: 'mail_missing' };
  // Okta accepts letters beyond ASCII (RFC 6531); its own length limits it tells us itself.
  if (!validator.isEmail(email, { allow_utf8_local_part: true, ignore_max_length: true })) {
    return { kind: 'unusable', code: 'mail_invalid' };
  }
  const { firstName, lastName, id } = person;
  const values: Placeholders<typeof loginPlaceholders> = { email, id: String(id), kind, installation };
  return {
    kind: 'complete',
    profile: {
      login: render(login, values),
      email,
      firstName,
      lastName,
      ...mapped(person, attributes),
      [markerAttribute]: markerText({ installation, kind, id }),
    },
  };
}

/** The columns that attributes are made of. */
export function columnsOf(attributes: MappedAttributes = {}): string[] {
  const named = Object.values(attributes).flatMap(({ column, concat = [] }) => [column ?? [], concat].flat());
  return [...new Set(named)];
}

/** What is empty is not sent, so that Okta keeps its own default. */
function mapped({ extra }: Person, attributes: MappedAttributes): Record<string, string> {
  const values = Object.entries(attributes).map(([name, attribute]) => [name, textOf(attribute, extra)]);
  return Object.fromEntries(values.filter(([, value]) => value !== '')) as Record<string, string>;
}

function textOf(attribute: MappedAttribute, extra: Person['extra']): string {
  const { column, concat, separator = ' ', transforms: wanted = [], default: fallback = '' } = attribute;
  const columns = concat ?? (column === undefined ? [] : [column]);
  const written = columns.map((name) => extra[name] ?? '').filter((part) => part.trim() !== '');
  const value = wanted.reduce((text, name) => transforms[name](text), written.join(separator));
  return value === '' ? fallback : value;
}

/** As Okta writes locales: ISO 639-1, ISO 3166-1 (Okta, Users API: profile). */
function toLocale(text: string): string {
  try {
    const { language, region } = new Intl.Locale(text.trim().replaceAll('_', '-')).maximize();
    return region === undefined ? '' : `${language}_${region}`;
  } catch {
    return '';
  }
}

/** What a login template may hold in braces. */
export const loginPlaceholders = ['email', 'id', 'kind', 'installation'] as const;

import { type Checked, ok, validationFailed } from './errors.ts';
import { isRecord } from './json.ts';

/** What is set of the base attributes; what is not is absent, never null. */
export type Profile = Readonly<Record<string, string>> & { readonly login: string; readonly email: string };

interface Rule {
  readonly min?: number;
  readonly max?: number;
  readonly required?: true;
}

/** The 31 base attributes of the default user type, with lengths in characters. Okta, Users API: UserProfile. */
const ATTRIBUTES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['login', { min: 5, max: 100, required: true }],
  ['email', { min: 5, max: 100, required: true }],
  ['firstName', { min: 1, max: 50, required: true }],
  ['lastName', { min: 1, max: 50, required: true }],
  ['city', { max: 128 }],
  ['costCenter', {}],
  ['countryCode', { max: 2 }],
  ['department', {}],
  ['displayName', {}],
  ['division', {}],
  ['employeeNumber', {}],
  ['honorificPrefix', {}],
  ['honorificSuffix', {}],
  ['locale', {}],
  ['manager', {}],
  ['managerId', {}],
  ['middleName', {}],
  ['mobilePhone', { max: 100 }],
  ['nickName', {}],
  ['organization', {}],
  ['postalAddress', { max: 4096 }],
  ['preferredLanguage', {}],
  ['primaryPhone', { max: 100 }],
  ['profileUrl', {}],
  ['secondEmail', { max: 100 }],
  ['state', { max: 128 }],
  ['streetAddress', { max: 1024 }],
  ['timezone', {}],
  ['title', {}],
  ['userType', {}],
  ['zipCode', { max: 50 }],
]);

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Checks a whole profile; `object` names it in the error: `newUser`, `user`. */
export function checkProfile(given: unknown, object: string): Checked<Profile> {
  const values = isRecord(given) ? given : {};
  const unknown = Object.keys(values).filter((name) => !ATTRIBUTES.has(name));
  if (unknown.length > 0) return validationFailed(object, unknown.map(causeOfUnknown));

  const faults = [...ATTRIBUTES].flatMap(([name, rule]) => faultsOf(name, rule, values[name] ?? null));
  const [first] = faults;
  if (first !== undefined) return validationFailed(first.name, faults.map(toCause));
  return ok(withoutNulls(values) as Profile);
}

interface Fault {
  readonly name: string;
  readonly text: string;
}

function faultsOf(name: string, rule: Rule, value: unknown): Fault[] {
  const text = faultOf(name, rule, value);
  return text === null ? [] : [{ name, text }];
}

/** "Left blank" and the two patterns are recorded texts; the other two are worded in their manner. */
function faultOf(name: string, { min = 0, max = Number.POSITIVE_INFINITY, required }: Rule, value: unknown) {
  if (required && (value === null || value === '')) return 'The field cannot be left blank';
  if (value === null) return null;
  if (typeof value !== 'string') return 'The value must be a string';
  if (name === 'login' && !EMAIL.test(value)) return 'Username must be in the form of an email address';
  if (name === 'email' && !EMAIL.test(value)) return 'Does not match required pattern';
  if (name === 'secondEmail' && value !== '' && !EMAIL.test(value)) return 'Does not match required pattern';
  if (value.length > max) return `The field cannot be longer than ${max} characters`;
  return value.length < min ? `The field cannot be shorter than ${min} characters` : null;
}

function causeOfUnknown(name: string): string {
  return `Property name '${name}' is not defined in profile`;
}

function toCause({ name, text }: Fault): string {
  return `${name}: ${text}`;
}

function withoutNulls(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

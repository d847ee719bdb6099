import type { Json } from './app.ts';

export const TYPES = ['string', 'boolean', 'number', 'integer', 'array'] as const;

/** One attribute as the schema API shows it, which is also the rule that its values are held to. */
export type Attribute = Json & {
  readonly title: string;
  readonly type: (typeof TYPES)[number];
  readonly required?: boolean | null;
  /** In characters. */
  readonly minLength?: number | null;
  readonly maxLength?: number | null;
  readonly enum?: readonly unknown[] | null;
  readonly pattern?: string | null;
  readonly items?: { readonly type?: string } | null;
};

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const MAILS = ['email', 'secondEmail'];

/** What is wrong with a value, or null. "Left blank" and the two patterns are recorded texts, the rest is worded in their manner. */
export function faultOf(name: string, attribute: Attribute, value: unknown): string | null {
  if (value === null || value === undefined || value === '') {
    if (attribute.required) return 'The field cannot be left blank';
    if (value !== '') return null;
  }
  if (!hasType(value, attribute.type)) return `The value must be ${article(attribute.type)}`;
  if (attribute.type === 'array' && !areItems(value as unknown[], attribute.items?.type ?? 'string')) {
    return `The values must be of the type ${attribute.items?.type ?? 'string'}`;
  }
  if (attribute.enum != null && !attribute.enum.includes(value)) return 'The value must be one of its enum';
  return typeof value === 'string' ? faultOfText(name, attribute, value) : null;
}

function faultOfText(name: string, attribute: Attribute, value: string): string | null {
  if (name === 'login') return faultOfLogin(attribute, value);
  if (MAILS.includes(name) && value !== '' && !EMAIL.test(value)) return 'Does not match required pattern';
  return faultOfLength(attribute, value);
}

/** An email address, unless the pattern says otherwise. Okta, Users API: login pattern validation. */
function faultOfLogin(attribute: Attribute, value: string): string | null {
  const { pattern } = attribute;
  if (pattern == null && !EMAIL.test(value)) return 'Username must be in the form of an email address';
  if (pattern != null && !toRegExp(pattern).test(value)) return 'Does not match required pattern';
  return faultOfLength(attribute, value);
}

/** The whole login has to match. */
export function toRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'u');
}

function faultOfLength({ minLength, maxLength }: Attribute, value: string): string | null {
  if (maxLength != null && value.length > maxLength) {
    return `The field cannot be longer than ${maxLength} characters`;
  }
  const isTooShort = minLength != null && value.length < minLength;
  return isTooShort ? `The field cannot be shorter than ${minLength} characters` : null;
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function areItems(values: readonly unknown[], type: string): boolean {
  return values.every((value) => hasType(value, type));
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

import type { OktaProfile, ProfileMapping } from './profile.ts';

/** What Okta's user schema demands of one attribute; lengths in characters. */
export interface AttributeRule {
  type: string;
  required: boolean;
  minLength: number | null;
  maxLength: number | null;
  enum: readonly unknown[] | null;
  pattern: string | null;
}
export type UserRules = ReadonlyMap<string, AttributeRule>;

/** The definitions of Okta's user schema, read leniently: what is not understood demands nothing. */
interface Definitions {
  base: { properties: Record<string, unknown>; required?: unknown };
  custom: { properties: Record<string, unknown>; required?: unknown };
}

export function rulesOf({ base, custom }: Definitions): UserRules {
  const entries = [base, custom].flatMap(({ properties, required }) => {
    const names: unknown[] = Array.isArray(required) ? required : [];
    return Object.entries(properties).map(([name, property]) => {
      const rule = toRule(property);
      return [name, { ...rule, required: rule.required || names.includes(name) }] as const;
    });
  });
  return new Map(entries);
}

function toRule(property: unknown): AttributeRule {
  const {
    type,
    required,
    minLength,
    maxLength,
    enum: values,
    pattern,
  } = { ...(property as object) } as {
    [Name in keyof AttributeRule]?: unknown;
  };
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  return {
    type: typeof type === 'string' ? type : 'string',
    required: required === true,
    minLength: number(minLength),
    maxLength: number(maxLength),
    enum: Array.isArray(values) ? values : null,
    pattern: typeof pattern === 'string' ? pattern : null,
  };
}

export type MappingFault =
  | 'attribute_unknown'
  | 'attribute_type'
  | 'attribute_required'
  | 'default_not_allowed';

/** What is wrong with a mapping for everybody, by attribute. */
export function mappingFaults(
  { markerAttribute, attributes }: Pick<ProfileMapping, 'markerAttribute' | 'attributes'>,
  rules: UserRules,
): { fault: MappingFault; attribute: string }[] {
  const sent = ['login', 'email', 'firstName', 'lastName', markerAttribute, ...Object.keys(attributes)];
  const names = [...new Set(sent)];
  const required = [...rules].flatMap(([name, rule]) => (rule.required ? [name] : []));
  const of = (fault: MappingFault, found: string[]) => found.map((attribute) => ({ fault, attribute }));
  return [
    ...of(
      'attribute_unknown',
      names.filter((name) => !rules.has(name)),
    ),
    ...of(
      'attribute_type',
      names.filter((name) => (rules.get(name)?.type ?? 'string') !== 'string'),
    ),
    ...of(
      'attribute_required',
      required.filter((name) => !names.includes(name)),
    ),
    ...of(
      'default_not_allowed',
      Object.entries(attributes).flatMap(([name, { default: value = '' }]) => {
        const rule = rules.get(name);
        return rule && value !== '' && valueFault(name, rule, value) ? [name] : [];
      }),
    ),
  ];
}

export type ValueFault = 'value_missing' | 'value_too_long' | 'value_too_short' | 'value_not_allowed';

/** What Okta would refuse of one profile, by attribute. */
export function valueFaults(
  profile: OktaProfile,
  rules: UserRules,
): { fault: ValueFault; attribute: string }[] {
  return [...rules].flatMap(([attribute, rule]) => {
    const fault = valueFault(attribute, rule, profile[attribute] ?? '');
    return fault ? [{ fault, attribute }] : [];
  });
}

function valueFault(attribute: string, rule: AttributeRule, value: string): ValueFault | null {
  if (value === '') return rule.required ? 'value_missing' : null;
  if (rule.maxLength !== null && value.length > rule.maxLength) return 'value_too_long';
  if (rule.minLength !== null && value.length < rule.minLength) return 'value_too_short';
  const allowed = rule.enum === null || rule.enum.includes(value);
  return allowed && (attribute !== 'login' || isLogin(value, rule.pattern)) ? null : 'value_not_allowed';
}

/** An email address unless the org says otherwise. Okta, Users API: login pattern validation. */
function isLogin(login: string, pattern: string | null): boolean {
  if (pattern === null) return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(login);
  try {
    return new RegExp(`^${pattern}$`, 'u').test(login);
  } catch {
    return true; // Okta's dialect of expressions, not ours
  }
}

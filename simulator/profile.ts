import { type Attribute, faultOf } from './attribute.ts';
import { type Checked, ok, validationFailed } from './errors.ts';
import { isRecord } from './json.ts';
import { attributeOf, type UserSchema } from './user-schema.ts';

/** What is set of the attributes; what is not is absent, never null. */
export type Profile = Readonly<Record<string, unknown>> & {
  readonly login: string;
  readonly email: string;
};

/** Checks a whole profile; `object` names it in the error: `newUser`, `user`. */
export function checkProfile(schema: UserSchema, given: unknown, object: string): Checked<Profile> {
  const values = isRecord(given) ? given : {};
  const unknown = Object.keys(values).filter((name) => attributeOf(schema, name) === undefined);
  if (unknown.length > 0) return validationFailed(object, unknown.map(causeOfUnknown));

  const faults = [...faultsAmong(schema.base, values), ...faultsAmong(schema.custom, values)];
  const [first] = faults;
  if (first !== undefined) return validationFailed(first.name, faults.map(toCause));
  return ok(withoutNulls(values) as Profile);
}

interface Fault {
  readonly name: string;
  readonly text: string;
}

function faultsAmong(attributes: ReadonlyMap<string, Attribute>, values: Record<string, unknown>): Fault[] {
  const faults: Fault[] = [];
  for (const [name, attribute] of attributes) {
    const text = faultOf(name, attribute, values[name]);
    if (text !== null) faults.push({ name, text });
  }
  return faults;
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

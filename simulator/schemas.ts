import { type Answer, type Call, object } from './answer.ts';
import { type Attribute, TYPES, toRegExp } from './attribute.ts';
import { type Checked, notFound, notWellFormed, ok, validationFailed } from './errors.ts';
import { isRecord } from './json.ts';
import type { Org } from './org.ts';
import { schemaIdOf } from './to-okta-user.ts';
import { toUserSchema } from './to-user-schema.ts';

/** GET /api/v1/meta/schemas/user/{id}: of the one user type there is, `default`. */
export function getUserSchema(org: Org, { params: [id = ''] }: Call): Answer {
  return isDefault(org, id) ? object(toUserSchema(org)) : notFound(id, 'UserSchema');
}

/** POST /api/v1/meta/schemas/user/{id}: adds, changes and (as null) removes. Okta, Schemas API. */
export function updateUserSchema(org: Org, { params: [id = ''], body }: Call): Answer {
  if (!isDefault(org, id)) return notFound(id, 'UserSchema');
  const given = isRecord(body) ? (body.definitions ?? {}) : null;
  if (!isRecord(given)) return notWellFormed;
  const custom = checkCustom(org, propertiesOf(given.custom));
  if (custom.kind === 'error') return custom;
  const base = checkBase(org, propertiesOf(given.base));
  if (base.kind === 'error') return base;

  for (const [name, attribute] of base.value) org.schema.base.set(name, attribute);
  for (const [name, attribute] of custom.value) {
    if (attribute === null) removeAttribute(org, name);
    else org.schema.custom.set(name, attribute);
  }
  org.schema.lastUpdatedMs = Date.now();
  org.changes.tell({ kind: 'schema' });
  return object(toUserSchema(org));
}

function isDefault(org: Org, id: string): boolean {
  return id === 'default' || id === schemaIdOf(org);
}

function propertiesOf(definition: unknown): [name: string, given: unknown][] {
  const properties = isRecord(definition) ? definition.properties : undefined;
  return isRecord(properties) ? Object.entries(properties) : [];
}

type Changes = [name: string, attribute: Attribute | null][];

const NAME = /^[A-Za-z]\w{0,49}$/;

/** INFERRED, all the wording: no source tells how a wrong attribute is refused. */
function checkCustom(org: Org, given: [string, unknown][]): Checked<Changes> {
  const causes = given.flatMap(([name, attribute]) => faultsOfCustom(org, name, attribute));
  if (causes.length > 0) return validationFailed('schema', causes);
  return ok(given.map(([name, attribute]) => [name, attribute === null ? null : withDefaults(attribute)]));
}

function faultsOfCustom({ schema }: Org, name: string, given: unknown): string[] {
  if (schema.base.has(name)) return [`${name}: An attribute of this name already exists`];
  if (given === null) return schema.custom.has(name) ? [] : [`${name}: There is no such attribute`];
  if (!NAME.test(name)) return [`${name}: Not a name of an attribute`];
  if (!isRecord(given) || typeof given.title !== 'string' || given.title === '') {
    return [`${name}: The title cannot be left blank`];
  }
  if (given.enum != null && !Array.isArray(given.enum)) return [`${name}: The enum must be an array`];
  const before = schema.custom.get(name);
  if (!TYPES.some((type) => type === given.type)) return [`${name}: The type is unknown`];
  return before === undefined || before.type === given.type ? [] : [`${name}: The type cannot be changed`];
}

function withDefaults(given: unknown): Attribute {
  return {
    mutability: 'READ_WRITE',
    scope: 'NONE',
    master: { type: 'PROFILE_MASTER' },
    ...(given as Attribute),
  };
}

const PATTERN_OF_LOGIN = /^(?:\.\+|\[[^\]]+\]\+)$/;

/** Of the base attributes a name can be made optional and the login can be given a pattern. Okta, Schemas API. */
function checkBase({ schema }: Org, given: [string, unknown][]): Checked<[string, Attribute][]> {
  const changes: [string, Attribute][] = [];
  const causes: string[] = [];
  for (const [name, change] of given) {
    const attribute = schema.base.get(name);
    if (attribute === undefined || !isRecord(change)) causes.push(`${name}: There is no such attribute`);
    else if (isBadPattern(name, change.pattern)) causes.push(`${name}: The pattern is not supported`);
    else changes.push([name, { ...attribute, ...allowedOf(name, change) }]);
  }
  return causes.length === 0 ? ok(changes) : validationFailed('schema', causes);
}

function isBadPattern(name: string, pattern: unknown): boolean {
  if (name !== 'login' || pattern === undefined || pattern === null) return false;
  return typeof pattern !== 'string' || !PATTERN_OF_LOGIN.test(pattern) || !isRegExp(pattern);
}

function isRegExp(pattern: string): boolean {
  try {
    toRegExp(pattern);
    return true;
  } catch {
    return false; // as [z-a]+
  }
}

function allowedOf(name: string, { pattern, required, permissions, master }: Record<string, unknown>) {
  const isName = name === 'firstName' || name === 'lastName';
  return {
    ...(name === 'login' && pattern !== undefined && { pattern: pattern as string | null }),
    ...(isName && typeof required === 'boolean' && { required }),
    ...(permissions !== undefined && { permissions }),
    ...(master !== undefined && { master }),
  };
}

/** Its values go with it. */
function removeAttribute(org: Org, name: string): void {
  org.schema.custom.delete(name);
  for (const user of org.users.walk()) {
    const { [name]: removed, ...rest } = user.profile;
    if (removed === undefined) continue;
    user.profile = rest as typeof user.profile;
    org.userIndex.put(user);
  }
}

import { isRecord, type Json, listOf, mapValues, recordOf } from './json.ts';

/** What can only be read is not sent, and what can only be written is not answered. */
export type Direction = 'request' | 'response';

const KEPT = [
  'type',
  'enum',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
] as const;

/** The named schemas of a Swagger 2.0 or OpenAPI 3.0 document as one JSON Schema, so that they can refer to each other. */
export function convertAll(schemas: Json, direction: Direction): Json {
  const definitions: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const { discriminator, 'x-openapi-v3-discriminator': choice = discriminator, ...own } = recordOf(schema);
    const parents = [{ $ref: own['x-okta-parent'] }, ...listOf(own.allOf)].filter(isReference);
    const parts = listOf(own.allOf).filter((part) => !isReference(part));
    const inherited = parents.map(({ $ref }) => ({ $ref: plain(refOf($ref)) }));
    const rest = choice === undefined ? own : { ...own, oneOf: [] };
    const whole = { allOf: [...inherited, convert({ ...rest, allOf: parts }, direction)] };
    // What chooses among its children refers to them, and they to what they have in common.
    definitions[plain(name)] = whole;
    definitions[name] = isRecord(choice) ? { allOf: [whole, ...chooseAmong(choice)] } : whole;
  }
  return { definitions };
}

function isReference(value: unknown): value is { readonly $ref: string } {
  return typeof recordOf(value).$ref === 'string';
}

function convert(schema: unknown, direction: Direction): Json {
  if (!isRecord(schema)) return {};
  if (isReference(schema)) return { $ref: refOf(schema.$ref) };
  const inner = (value: unknown) => convert(value, direction);
  const properties = recordOf(schema.properties);
  const required = listOf(schema.required).filter((name) => !isAbsent(properties[String(name)], direction));
  const property = (value: unknown) => !isAbsent(value, direction) && inner(value);
  const { additionalProperties: additional } = schema;
  const parts = partsOf(schema, inner);
  const converted: Json = {
    ...Object.fromEntries(KEPT.flatMap((key) => (key in schema ? [[key, schema[key]]] : []))),
    ...('properties' in schema && { properties: mapValues(properties, property) }),
    ...(required.length > 0 && { required }),
    ...('items' in schema && { items: inner(schema.items) }),
    ...(isRecord(additional) && { additionalProperties: isAnything(additional) || inner(additional) }),
    ...((additional === true || schema['x-okta-extensible'] === true) && { additionalProperties: true }),
    ...('anyOf' in schema && { anyOf: listOf(schema.anyOf).map(inner) }),
    ...(parts.length > 0 && { allOf: parts }),
  };
  return schema.nullable === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
}

/** Swagger 2.0 knows nothing that can only be written: there a password's format tells. */
function isAbsent(property: unknown, direction: Direction): boolean {
  const { readOnly, writeOnly, format } = recordOf(property);
  return direction === 'request' ? readOnly === true : writeOnly === true || format === 'password';
}

/** Okta's documents say `object` of properties that may be anything: links are lists too, claims are strings. */
function isAnything({ type, properties, ...rest }: Json): boolean {
  return (
    type === 'object' && Object.keys(recordOf(properties)).length === 0 && Object.keys(rest).length === 0
  );
}

function partsOf(schema: Json, inner: (value: unknown) => Json): Json[] {
  const parts = listOf(schema.allOf).map(inner);
  if (isRecord(schema.discriminator)) return [...parts, ...chooseAmong(schema.discriminator)];
  const options = listOf(schema.oneOf);
  return options.length > 0 ? [...parts, { oneOf: options.map(inner) }] : parts;
}

/** One property tells which schema holds. */
function chooseAmong({ propertyName, mapping }: Json): Json[] {
  const name = String(propertyName);
  return Object.entries(recordOf(mapping)).map(([value, ref]) => ({
    if: { properties: { [name]: { const: value } }, required: [name] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
    then: { $ref: refOf(String(ref)) }, // oxlint-disable-line unicorn/no-thenable
  }));
}

/** `#/definitions/User` and `#/components/schemas/User` are the same. */
function refOf(ref: string): string {
  return `#/definitions/${ref.slice(ref.lastIndexOf('/') + 1)}`;
}

function plain(name: string): string {
  return `${name}.plain`;
}

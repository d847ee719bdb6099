import { isRecord, type Json, listOf, recordOf } from './json.ts';

/** Where a value has properties that its schema does not know, e.g. `/profile/nick`; items of lists are alike. */
export function undocumentedIn(root: Json, schema: Json, value: unknown, path = ''): string[] {
  const parts = partsOf(root, schema, value);
  if (Array.isArray(value)) {
    const items = parts.flatMap((part) => (isRecord(part.items) ? part.items : []));
    if (items.length === 0) return [];
    return [...new Set(value.flatMap((item) => undocumentedIn(root, { allOf: items }, item, `${path}/*`)))];
  }
  if (
    !isRecord(value) ||
    !parts.some((part) => isRecord(part.properties) || isRecord(part.additionalProperties))
  )
    return [];
  const isOpen = parts.some((part) => part.additionalProperties === true);
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = parts.flatMap((part) => propertyOf(part, key));
    if (known.length > 0) return undocumentedIn(root, { allOf: known }, inner, `${path}/${key}`);
    return isOpen ? [] : [`${path}/${key}`];
  });
}

function propertyOf({ properties, additionalProperties }: Json, key: string): Json[] {
  const own = recordOf(properties);
  if (Object.hasOwn(own, key)) return [recordOf(own[key])];
  return isRecord(additionalProperties) ? [additionalProperties] : [];
}

/** All schemas that have a say about a value, references and choices resolved. */
function partsOf(root: Json, schema: Json, value: unknown): Json[] {
  if (typeof schema.$ref === 'string') return partsOf(root, target(root, schema.$ref), value);
  const inner = [schema.allOf, schema.anyOf, schema.oneOf].flatMap(listOf).map(recordOf);
  const chosen = isRecord(schema.if) && isChosen(schema.if, value) ? [recordOf(schema.then)] : [];
  return [schema, ...[...inner, ...chosen].flatMap((part) => partsOf(root, part, value))];
}

function target(root: Json, ref: string): Json {
  return recordOf(recordOf(root.definitions)[ref.slice('#/definitions/'.length)]);
}

function isChosen(condition: Json, value: unknown): boolean {
  return Object.entries(recordOf(condition.properties)).every(
    ([name, wanted]) => recordOf(value)[name] === recordOf(wanted).const,
  );
}

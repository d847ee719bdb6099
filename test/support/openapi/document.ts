import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isRecord, type Json, listOf, recordOf } from './json.ts';

/** A published description of Okta's API, read alike from either kind of document. */
export interface ApiDocument {
  readonly name: string;
  /** Swagger 2.0 cannot say that a value may be null. */
  readonly knowsNull: boolean;
  /** All schemas by name; those that stand in an operation have names of their own. */
  readonly schemas: Json;
  readonly operations: readonly Operation[];
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  /** How many parts of the path vary. */
  readonly variables: number;
  /** The parameters of the query, by name. */
  readonly query: ReadonlyMap<string, Parameter>;
  /** The name of a schema. */
  readonly body: string | null;
  readonly isBodyRequired: boolean;
  /** By status, the name of a schema; null where no body is described. */
  readonly responses: ReadonlyMap<number, string | null>;
}

/** What a document says of a parameter; null or empty where it says nothing. */
export interface Parameter {
  readonly isRequired: boolean;
  readonly type: string;
  readonly allowed: readonly unknown[];
  readonly least: number | null;
  readonly most: number | null;
}

/** The one that Okta's npm package ships, and the newer one that OKTA_OPENAPI names. */
export function readDocuments(newer = process.env.OKTA_OPENAPI): ApiDocument[] {
  const swagger = createRequire(import.meta.url)('@okta/openapi/dist/spec.json') as Json;
  return [toDocument('npm', swagger), ...(newer ? [toDocument('newer', readJson(newer))] : [])];
}

function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, 'utf8')) as Json;
}

function toDocument(name: string, spec: Json): ApiDocument {
  const isSwagger = 'swagger' in spec;
  const schemas = { ...recordOf(isSwagger ? spec.definitions : recordOf(spec.components).schemas) };
  const operations = Object.entries(recordOf(spec.paths)).flatMap(([path, methods]) =>
    Object.entries(recordOf(methods)).flatMap(([method, operation]) =>
      isRecord(operation) && 'responses' in operation
        ? toOperation(spec, schemas, method, path, operation)
        : [],
    ),
  );
  // An exact path before one with a parameter in its place: `/groups/rules` is no group.
  const sorted = operations.toSorted((one, other) => one.variables - other.variables);
  return { name, knowsNull: !isSwagger, schemas, operations: sorted };
}

function toOperation(
  spec: Json,
  schemas: Record<string, unknown>,
  method: string,
  path: string,
  operation: Json,
): Operation {
  const keep = (what: string, schema: unknown): string | null => {
    if (schema === undefined) return null;
    const name = `${method} ${path} ${what}`.replaceAll(/[^\w]+/g, '-');
    schemas[name] = schema;
    return name;
  };
  const parameters = listOf(operation.parameters).map((each) => resolve(spec, each));
  const inBody = parameters.find((each) => each.in === 'body');
  const requestBody = resolve(spec, operation.requestBody);
  const responses = Object.entries(recordOf(operation.responses)).map(([status, response]) => {
    const described = resolve(spec, response);
    return [Number(status), keep(status, described.schema ?? jsonOf(described))] as const;
  });
  return {
    method: method.toUpperCase(),
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    variables: path.split('{').length - 1,
    query: new Map(
      parameters
        .filter((each) => each.in === 'query')
        .map((each) => [String(each.name), toParameter(spec, each)]),
    ),
    body: keep('body', inBody?.schema ?? jsonOf(requestBody)),
    isBodyRequired: (inBody ?? requestBody).required === true,
    responses: new Map(responses),
  };
}

/** Swagger 2.0 has in the parameter itself what OpenAPI 3.0 has in its schema. */
function toParameter(spec: Json, parameter: Json): Parameter {
  const { type, enum: allowed, minimum, maximum } = { ...parameter, ...resolve(spec, parameter.schema) };
  return {
    isRequired: parameter.required === true,
    type: typeof type === 'string' ? type : 'string',
    allowed: listOf(allowed),
    least: typeof minimum === 'number' ? minimum : null,
    most: typeof maximum === 'number' ? maximum : null,
  };
}

function jsonOf({ content }: Json): unknown {
  return recordOf(recordOf(content)['application/json']).schema;
}

function resolve(spec: Json, value: unknown): Json {
  const { $ref } = recordOf(value);
  if (typeof $ref !== 'string') return recordOf(value);
  return recordOf(
    $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((part, key) => recordOf(part)[key], spec),
  );
}

export function operationOf(document: ApiDocument, method: string, path: string): Operation | undefined {
  return document.operations.find((each) => each.method === method && each.pattern.test(path));
}

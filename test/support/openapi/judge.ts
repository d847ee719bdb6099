import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Exchange, Observer, Request } from '../../../simulator/observer.ts';
import { convertAll, type Direction } from './convert.ts';
import { DEVIATIONS } from './deviations.ts';
import { type ApiDocument, type Operation, operationOf, readDocuments } from './document.ts';
import { judgeError } from './judge-error.ts';
import { judgeQuery } from './judge-query.ts';
import { isRecord, type Json, mapValues } from './json.ts';
import { undocumentedIn } from './undocumented.ts';

export interface JudgeOptions {
  /** Tests of the simulator send wrong requests on purpose: of those only what was accepted is judged, if anything. */
  readonly requests: 'all' | 'accepted' | 'none';
  readonly documents?: readonly ApiDocument[];
}

/** Compares calls and answers with Okta's own documents; what is measured to be otherwise is allowed. */
export function createJudge({ requests, documents = readDocuments() }: JudgeOptions): Observer {
  const chambers = documents.map(openChamber);
  return (exchange) => {
    const { method, path, status } = exchange;
    const isAccepted = status !== null && status < 400;
    const heard = hear(chambers, method, path);
    const shown = heard[0]?.operation.path ?? path;
    const tell = (what: string) => `${method} ${shown} ${status ?? 'unanswered'}: ${what}`;
    const errors = status === null || isAccepted ? [] : judgeError(path, status, exchange.answer);
    if (!path.startsWith('/api/')) return errors.map(tell);
    if (heard.length === 0) return isAccepted ? [tell('is in no document')] : errors.map(tell);
    const complaints = [...errors];
    if (exchange.status !== null) {
      const { status, answer } = exchange;
      complaints.push(
        ...heard.flatMap(({ chamber, operation }) => judgeAnswer(chamber, operation, exchange)),
        ...undocumented(heard, 'response', answer, ({ responses }) => answerOf(responses, status)),
      );
    }
    if (requests === 'all' || (isAccepted && requests === 'accepted')) {
      complaints.push(
        ...judgeQuery(
          heard.map(({ operation }) => operation.query),
          exchange.query,
        ),
        ...(requests === 'all' ? judgeType(exchange) : []), // of tests' own calls it is no matter
        ...heard.flatMap(({ chamber, operation }) => judgeBody(chamber, operation, exchange)),
        ...undocumented(heard, 'request', exchange.body, ({ body }) => body),
      );
    }
    return permit(complaints.map(tell));
  };
}

/** The documents that know an operation; who does not know `/groups/rules` must not take it for a group. */
function hear(chambers: readonly Chamber[], method: string, path: string): Heard[] {
  const heard = chambers.flatMap((chamber) => {
    const operation = operationOf(chamber.document, method, path);
    return operation === undefined ? [] : { chamber, operation };
  });
  const least = Math.min(...heard.map(({ operation }) => operation.variables));
  return heard.filter(({ operation }) => operation.variables === least);
}

function permit(complaints: readonly string[]): string[] {
  return complaints.filter((text) => !DEVIATIONS.some(({ what }) => what.test(text)));
}

/** A document with its schemas at hand. */
interface Chamber {
  readonly document: ApiDocument;
  readonly roots: Readonly<Record<Direction, Json>>;
  /** What is wrong about a value. */
  validate(direction: Direction, name: string, value: unknown): string[];
}

interface Heard {
  readonly chamber: Chamber;
  readonly operation: Operation;
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  email: /^[^@\s]+@[^@\s]+$/,
  password: true,
  int32: true,
  double: true,
} as const;

function openChamber(document: ApiDocument): Chamber {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    formats: FORMATS,
    logger: false,
  });
  const roots = {
    request: convertAll(document.schemas, 'request'),
    response: convertAll(document.schemas, 'response'),
  };
  for (const [direction, root] of Object.entries(roots)) ajv.addSchema(root, direction);
  const compiled = new Map<string, ValidateFunction>();
  return {
    document,
    roots,
    validate(direction, name, value) {
      const key = `${direction}#/definitions/${name}`;
      const validate = compiled.get(key) ?? ajv.compile({ $ref: key });
      compiled.set(key, validate);
      if (validate(document.knowsNull ? value : withoutNulls(value))) return [];
      return (validate.errors ?? [])
        .filter(({ keyword }) => !['if', 'anyOf', 'oneOf'].includes(keyword))
        .map((error) => `${error.instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*')} ${faultOf(error)}`);
    },
  };
}

/** With the type of the value, which may be a person's. */
function faultOf({ keyword, message, params, data }: ErrorObject): string {
  if (keyword === 'false schema') return 'must not be there';
  const allowed: unknown = params.allowedValues;
  const values = Array.isArray(allowed) ? ` (${allowed.slice(0, 8).join(', ')})` : '';
  const found = ['type', 'enum'].includes(keyword) ? `, not ${typeOf(data)}` : '';
  return `${message}${values}${found}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A document that cannot speak of null is not asked about it. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const said = Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
  return mapValues(said, withoutNulls);
}

function judgeAnswer(chamber: Chamber, operation: Operation, { status, answer }: Exchange): string[] {
  const { document } = chamber;
  const say = (what: string) => `the answer${what} (${document.name})`;
  const name = operation.responses.get(status);
  if (name === undefined) {
    if (status < 400) {
      return [
        say(
          `'s status is none of ${[...operation.responses.keys()].filter((each) => each < 400).join(', ')}`,
        ),
      ];
    }
    return []; // most errors are described nowhere but in general
  }
  if (name === null) return [];
  if (answer === undefined) return [say(' has no body')];
  return chamber.validate('response', name, answer).map(say);
}

/** All of Okta's operations that Portage needs take JSON. */
function judgeType({ body, contentType }: Request): string[] {
  return body === undefined || contentType?.startsWith('application/json')
    ? []
    : [`the body is ${contentType}`];
}

function judgeBody(chamber: Chamber, { body: name, isBodyRequired }: Operation, { body }: Request): string[] {
  const say = (what: string) => `the body${what} (${chamber.document.name})`;
  if (body === undefined) return isBodyRequired ? [say(' is missing')] : [];
  return name === null ? [] : chamber.validate('request', name, body).map(say);
}

/** Errors have a body even where none is described. */
function answerOf(responses: Operation['responses'], status: number): string | null | undefined {
  if (status === 204) return null;
  return status < 400 ? responses.get(status) : (responses.get(status) ?? undefined);
}

/** What no document knows; `schemaOf` is null where one says that there is no body. */
function undocumented(
  heard: readonly Heard[],
  direction: Direction,
  value: unknown,
  schemaOf: (operation: Operation) => string | null | undefined,
): string[] {
  const what = direction === 'request' ? 'the body' : 'the answer';
  const described = heard.flatMap(({ chamber, operation }) => {
    const name = schemaOf(operation);
    return name === undefined ? [] : [{ root: chamber.roots[direction], name }];
  });
  const [first, ...others] = described.flatMap(({ root, name }) =>
    name === null ? [] : [new Set(undocumentedIn(root, { $ref: `#/definitions/${name}` }, value))],
  );
  if (first === undefined) {
    const isAny = described.length > 0 && value !== undefined;
    return isAny ? [`${what} ${isEmpty(value) ? '{} ' : ''}is undocumented`] : [];
  }
  return [...first]
    .filter((path) => others.every((other) => [...other].some((known) => isWithin(path, known))))
    .map((path) => `${what}'s ${path} is undocumented`);
}

function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

/** Below what is undocumented nothing is looked at. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

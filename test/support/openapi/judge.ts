import { Ajv, type ValidateFunction } from 'ajv';
import type { Exchange, Observer, Request } from '../../../simulator/observer.ts';
import { convertAll, type Direction } from './convert.ts';
import { DEVIATIONS } from './deviations.ts';
import { type ApiDocument, type Operation, operationOf, readDocuments } from './document.ts';
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
    if (!path.startsWith('/api/')) return [];
    const isAccepted = status !== null && status < 400;
    const heard = hear(chambers, method, path);
    const shown = heard[0]?.operation.path ?? path;
    const tell = (what: string) => `${method} ${shown} ${status ?? 'unanswered'}: ${what}`;
    if (heard.length === 0) return isAccepted ? [tell('is in no document')] : [];
    const complaints: string[] = [];
    if (exchange.status !== null) {
      const { status, answer } = exchange;
      complaints.push(
        ...heard.flatMap(({ chamber, operation }) => judgeAnswer(chamber, operation, exchange)),
        ...undocumented(heard, 'response', answer, ({ responses }) => responses.get(status) ?? null),
      );
    }
    if (requests === 'all' || (isAccepted && requests === 'accepted')) {
      complaints.push(
        ...judgeQuery(heard, exchange),
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
        .map(({ instancePath, message, params }) => {
          const allowed: unknown = params.allowedValues;
          const values = Array.isArray(allowed) ? ` (${allowed.slice(0, 8).join(', ')})` : '';
          return `${instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*')} ${message}${values}`;
        });
    },
  };
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
    // Most errors are described nowhere but in general.
    return 'Error' in document.schemas ? chamber.validate('response', 'Error', answer).map(say) : [];
  }
  if (name === null) return [];
  if (answer === undefined) return [say(' has no body')];
  return chamber.validate('response', name, answer).map(say);
}

function judgeBody(chamber: Chamber, { body: name, isBodyRequired }: Operation, { body }: Request): string[] {
  const say = (what: string) => `the body${what} (${chamber.document.name})`;
  if (body === undefined) return isBodyRequired ? [say(' is missing')] : [];
  return name === null ? [] : chamber.validate('request', name, body).map(say);
}

/** One of the documents has to know a parameter, and its type has to be as all say who do. */
function judgeQuery(heard: readonly Heard[], { query }: Request): string[] {
  return [...query].flatMap(([name, value]) => {
    const types = heard.flatMap(({ operation }) => operation.query.get(name) ?? []);
    if (types.length === 0) return [`the parameter ${name} is undocumented`];
    return types.every((type) => isOfType(type, value))
      ? []
      : [`the parameter ${name} is no ${types.join(', ')}`];
  });
}

function isOfType(type: string, value: string): boolean {
  switch (type) {
    case 'integer':
      return /^-?\d+$/.test(value);
    case 'boolean':
      return value === 'true' || value === 'false';
    default:
      return true;
  }
}

/** What no document knows. */
function undocumented(
  heard: readonly Heard[],
  direction: Direction,
  value: unknown,
  schemaOf: (operation: Operation) => string | null,
): string[] {
  const [first, ...others] = heard.flatMap(({ chamber, operation }) => {
    const name = schemaOf(operation);
    if (name === null) return [];
    const root = chamber.roots[direction];
    return [new Set(undocumentedIn(root, { $ref: `#/definitions/${name}` }, value))];
  });
  const what = direction === 'request' ? 'the body' : 'the answer';
  return [...(first ?? [])]
    .filter((path) => others.every((other) => [...other].some((known) => isWithin(path, known))))
    .map((path) => `${what}'s ${path} is undocumented`);
}

/** Below what is undocumented nothing is looked at. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
}

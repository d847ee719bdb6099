/** A SCIM expression, as `search` and `filter` take them. Okta, API basics: filter. */
export type Expression = { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] } | Comparison;

export interface Comparison {
  readonly kind: 'comparison';
  readonly attribute: string;
  readonly operator: Operator;
  /** Undefined with `pr`. */
  readonly value: Value | undefined;
}

export type Value = string | number | boolean;

export const OPERATORS = ['eq', 'ne', 'sw', 'ew', 'co', 'gt', 'ge', 'lt', 'le', 'pr'] as const;
export type Operator = (typeof OPERATORS)[number];

/** Null when the text is not well-formed. */
export function parseExpression(text: string): Expression | null {
  const tokens = tokensOf(text);
  if (tokens === null) return null;
  const reader = { tokens, at: 0 };
  const expression = readEither(reader);
  return reader.at === tokens.length ? expression : null;
}

/** All comparisons in it. */
export function comparisonsIn(expression: Expression): readonly Comparison[] {
  return expression.kind === 'comparison' ? [expression] : expression.parts.flatMap(comparisonsIn);
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[()]|[^\s()"]+)/y;

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (found === null) return null;
    tokens.push(found[1] ?? '');
  }
  return tokens;
}

/** `and` binds more tightly than `or`. */
function readEither(reader: Reader): Expression | null {
  return readJoined(reader, 'or', (inner) => readJoined(inner, 'and', readOne));
}

function readJoined(
  reader: Reader,
  kind: 'and' | 'or',
  read: (reader: Reader) => Expression | null,
): Expression | null {
  const parts: Expression[] = [];
  do {
    const part = read(reader);
    if (part === null) return null;
    parts.push(part);
  } while (skips(reader, kind));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

function readOne(reader: Reader): Expression | null {
  if (!skips(reader, '(')) return readComparison(reader);
  const inner = readEither(reader);
  return inner !== null && skips(reader, ')') ? inner : null;
}

function readComparison(reader: Reader): Comparison | null {
  const attribute = next(reader);
  const operator = OPERATORS.find((known) => known === next(reader, 0)?.toLowerCase());
  if (attribute === undefined || !/^[A-Za-z][\w.]*$/.test(attribute) || operator === undefined) return null;
  reader.at += 1;
  if (operator === 'pr') return { kind: 'comparison', attribute, operator, value: undefined };
  const value = readValue(next(reader));
  return value === undefined ? null : { kind: 'comparison', attribute, operator, value };
}

function next(reader: Reader, step = 1): string | undefined {
  const token = reader.tokens[reader.at];
  reader.at += step;
  return token;
}

function skips(reader: Reader, wanted: string): boolean {
  const isThere = reader.tokens[reader.at]?.toLowerCase() === wanted;
  if (isThere) reader.at += 1;
  return isThere;
}

function readValue(token: string | undefined): Value | undefined {
  if (token === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : undefined;
  } catch {
    return undefined;
  }
}

import { parseTokens, type Token } from './rule-tokens.ts';

/** Of whom an expression speaks: his profile, and the groups that he is in. */
export interface Subject {
  readonly profile: Readonly<Record<string, unknown>>;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}

export type Predicate = (subject: Subject) => boolean;
type Term = (subject: Subject) => unknown;

/**
 * A subset of Okta's expression language, as rules use it: `user.x`, literals, == and !=, && and ||, !, brackets,
 * three String functions and the three membership functions. Null is what it does not understand.
 */
export function parseRuleExpression(text: string): Predicate | null {
  const tokens = parseTokens(text);
  if (tokens === null) return null;
  const reader = createReader(tokens);
  try {
    const term = readOr(reader);
    return reader.isAtEnd() ? (subject) => term(subject) === true : null;
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

class NotUnderstood extends Error {
  override name = 'NotUnderstood';
}

interface Reader {
  isAtEnd(): boolean;
  /** The next token, if it is one of these signs. */
  take(...signs: readonly string[]): string | null;
  next(): Token;
}

function createReader(tokens: readonly Token[]): Reader {
  let at = 0;
  return {
    isAtEnd: () => at === tokens.length,
    take(...signs) {
      const token = tokens[at];
      if (token?.kind !== 'sign' || !signs.includes(token.text)) return null;
      at += 1;
      return token.text;
    },
    next() {
      const token = tokens[at];
      if (token === undefined) throw new NotUnderstood();
      at += 1;
      return token;
    },
  };
}

function readOr(reader: Reader): Term {
  let left = readAnd(reader);
  while (reader.take('||', 'OR', 'or') !== null) {
    const [one, other] = [left, readAnd(reader)];
    left = (subject) => one(subject) === true || other(subject) === true;
  }
  return left;
}

function readAnd(reader: Reader): Term {
  let left = readEquation(reader);
  while (reader.take('&&', 'AND', 'and') !== null) {
    const [one, other] = [left, readEquation(reader)];
    left = (subject) => one(subject) === true && other(subject) === true;
  }
  return left;
}

function readEquation(reader: Reader): Term {
  const left = readUnary(reader);
  const sign = reader.take('==', '!=', 'eq', 'ne', 'EQ', 'NE');
  if (sign === null) return left;
  const right = readUnary(reader);
  const isEqual: Term = (subject) => (left(subject) ?? null) === (right(subject) ?? null);
  return ['==', 'eq', 'EQ'].includes(sign) ? isEqual : (subject) => !isEqual(subject);
}

function readUnary(reader: Reader): Term {
  if (reader.take('!') !== null) {
    const term = readUnary(reader);
    return (subject) => term(subject) !== true;
  }
  if (reader.take('(') !== null) {
    const term = readOr(reader);
    close(reader);
    return term;
  }
  return readAtom(reader);
}

function readAtom(reader: Reader): Term {
  const token = reader.next();
  switch (token.kind) {
    case 'value':
      return () => token.value;
    case 'name':
      return reader.take('(') === null ? readAttribute(token.text) : readCall(reader, token.text);
    case 'sign':
      throw new NotUnderstood();
  }
}

function readAttribute(name: string): Term {
  const [, attribute] = /^user\.(\w+)$/.exec(name) ?? [];
  if (attribute === undefined) throw new NotUnderstood();
  return ({ profile }) => profile[attribute];
}

type Call = (subject: Subject, values: readonly unknown[]) => unknown;

const CALLS: Readonly<Record<string, Call>> = {
  'String.stringContains': (_, [text, part]) => onStrings(text, part, (a, b) => a.includes(b)),
  'String.startsWith': (_, [text, start]) => onStrings(text, start, (a, b) => a.startsWith(b)),
  'String.toLowerCase': (_, [text]) => (typeof text === 'string' ? text.toLowerCase() : null),
  isMemberOfGroup: ({ groups }, [id]) => groups.some((group) => group.id === id),
  isMemberOfAnyGroup: ({ groups }, ids) => groups.some((group) => ids.includes(group.id)),
  isMemberOfGroupName: ({ groups }, [name]) => groups.some((group) => group.name === name),
};

function readCall(reader: Reader, name: string): Term {
  const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  if (call === undefined) throw new NotUnderstood();
  const terms: Term[] = [];
  do terms.push(readOr(reader));
  while (reader.take(',') !== null);
  close(reader);
  return (subject) => {
    const values = terms.map((term) => term(subject));
    return call(subject, values);
  };
}

function close(reader: Reader): void {
  if (reader.take(')') === null) throw new NotUnderstood();
}

function onStrings(a: unknown, b: unknown, test: (a: string, b: string) => boolean): boolean {
  return typeof a === 'string' && typeof b === 'string' && test(a, b);
}

import type { Comparison, Expression, Value } from './scim.ts';

/** What something has of an attribute; undefined and null are nothing, of an array each item counts. */
export type Read = (attribute: string) => unknown;

/** How texts are compared: `search` ignores case, `filter` does not. Okta, Users API: list. */
export type Case = 'ignored' | 'exact';

export function matches(expression: Expression, read: Read, textCase: Case): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.parts.every((part) => matches(part, read, textCase));
    case 'or':
      return expression.parts.some((part) => matches(part, read, textCase));
    case 'comparison':
      return holds(expression, read(expression.attribute), textCase);
  }
}

function holds(comparison: Comparison, found: unknown, textCase: Case): boolean {
  const values = (Array.isArray(found) ? (found as unknown[]) : [found]).filter((value) => value != null);
  const { operator, value: wanted } = comparison;
  if (wanted === undefined) return values.length > 0;
  if (operator === 'ne') return !values.some((value) => isEqual(value, wanted, textCase));
  return values.some((value) => holdsFor(operator, value, wanted, textCase));
}

function holdsFor(operator: Comparison['operator'], value: unknown, wanted: Value, textCase: Case): boolean {
  const [left, right] = [folded(value, textCase), folded(wanted, textCase)];
  switch (operator) {
    case 'eq':
      return isEqual(value, wanted, textCase);
    case 'sw':
      return isText(left, right, (a, b) => a.startsWith(b));
    case 'ew':
      return isText(left, right, (a, b) => a.endsWith(b));
    case 'co':
      return isText(left, right, (a, b) => a.includes(b));
    case 'gt':
      return isOrdered(left, right, (a, b) => a > b);
    case 'ge':
      return isOrdered(left, right, (a, b) => a >= b);
    case 'lt':
      return isOrdered(left, right, (a, b) => a < b);
    case 'le':
      return isOrdered(left, right, (a, b) => a <= b);
    case 'ne':
    case 'pr':
      throw new Error(`Bug: ${operator} is not about one value`);
  }
}

function isEqual(value: unknown, wanted: Value, textCase: Case): boolean {
  return folded(value, textCase) === folded(wanted, textCase);
}

/** Times are compared as such, however they are written. */
function folded(value: unknown, textCase: Case): Value | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return Date.parse(value) || value;
  return textCase === 'ignored' ? value.toLowerCase() : value;
}

function isText(left: unknown, right: unknown, is: (left: string, right: string) => boolean): boolean {
  return typeof left === 'string' && typeof right === 'string' && is(left, right);
}

function isOrdered(
  left: Value | undefined,
  right: Value | undefined,
  is: (left: Value, right: Value) => boolean,
): boolean {
  return left !== undefined && right !== undefined && typeof left === typeof right && is(left, right);
}

export type Token =
  | { readonly kind: 'value'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string };

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|(==|!=|&&|\|\||[!(),]))/y;

const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const OPERATORS = ['AND', 'OR', 'EQ', 'NE', 'and', 'or', 'eq', 'ne'];

/** The words of an expression; null when a character belongs to none. */
export function parseTokens(text: string): Token[] | null {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const found = pattern.exec(text);
    if (found === null) return null;
    tokens.push(toToken(found));
  }
  return tokens;
}

function toToken([, quoted, number, word, sign]: RegExpExecArray): Token {
  if (quoted !== undefined) return { kind: 'value', value: quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1') };
  if (number !== undefined) return { kind: 'value', value: Number(number) };
  if (sign !== undefined) return { kind: 'sign', text: sign };
  const text = word ?? '';
  const value = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (value !== undefined) return { kind: 'value', value };
  return { kind: OPERATORS.includes(text) ? 'sign' : 'name', text };
}

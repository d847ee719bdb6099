import { randomInt } from 'node:crypto';
import { flat } from './flat.ts';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const COUNTER_WIDTH = 8;
const SALT_WIDTH = 32;

/** Starts high, so that letters of both cases appear at once: Okta's ids differ by case alone. */
const FIRST = 1_000_000_000_000;

export interface Ids {
  /** A new id, `length` characters long, greater than every one before it with the same prefix. */
  next(prefix: string, length?: number): string;
}

/** One generator per org: a counter keeps ids unique, the salt keeps those of two orgs apart. */
export function createIds(): Ids {
  const salt = Array.from({ length: SALT_WIDTH }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  let counter = FIRST;
  return {
    next(prefix, length = 20) {
      counter += 1;
      return flat((prefix + base62(counter) + salt).slice(0, length));
    },
  };
}

function base62(value: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / DIGITS.length)) {
    text = DIGITS.charAt(rest % DIGITS.length) + text;
  }
  return text.padStart(COUNTER_WIDTH, '0');
}

import type { Person } from './person.ts';

const MAIL = /[^\s"<>(),;:]{1,320}(?:@|%40)[^\s"'<>(),;:]+/gi;

/** Okta's own texts are a few hundred characters; a proxy's page may be megabytes. */
const LONGEST_READ = 10_000;

/**
 * Takes a person's data out of a text that came from elsewhere: everything that looks like a mail address,
 * and the person's own names, and what else their profile is made of, wherever they stand as words. What is left fits utf8mb3 and `maxLength`.
 */
export function scrub(text: string, person: Person | null, maxLength = 500): string {
  let clean = text.slice(0, LONGEST_READ);
  for (const value of person
    ? [person.email, person.firstName, person.lastName, ...Object.values(person.extra)]
    : []) {
    if (value.trim().length > 1) clean = replaceWord(clean, value.trim());
  }
  return clean
    .replace(MAIL, '<mail>')
    .replace(/[\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}') // utf8mb3 has no place for them
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, maxLength);
}

function replaceWord(text: string, word: string): string {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu'), '<personal>');
}

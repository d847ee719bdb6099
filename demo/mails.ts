import { faker } from '@faker-js/faker/locale/de';
import type { Case } from './cases.ts';
import { rules } from './rules.ts';

/** What an address is made of; every index has one of its own. */
interface Parts {
  firstName: string;
  lastName: string;
  index: number;
  domain: string;
  /** The address that a duplicate repeats. */
  twinMail: string;
}

const LONGEST_LOCAL_PART = 64; // RFC 5321
const LONG_TAIL = '.umfragen-und-gewinnspiele-und-gutscheine-und-newsletter';
/** With it an address is longer than the 100 characters that Okta takes. */
const OVERLONG_DOMAIN = 'postfach.abteilung-fuer-umfragen.landesverwaltung.example';
const INVALID = ['ohne-at.example', 'zwei@@mail.example', 'name@', 'leer zeichen@mail.example', 'keine@tld'];

/** The mail address of a person, valid and unique unless the case says otherwise. */
export function mailOf(
  special: Case,
  { firstName, lastName, index, domain, twinMail }: Parts,
): string | null {
  const written = [firstName, lastName].filter((name) => name !== '').join('.');
  const plain = `${ascii(written)}${index + 1}`;
  switch (special) {
    case 'umlaut-mail':
    case 'apostrophe':
      return `${ascii(firstName)}.${lastName.toLowerCase()}${index + 1}@${domain}`;
    case 'upper-case-mail':
      return `${plain}@${domain}`.toUpperCase();
    case 'long-mail':
      return `${long(plain)}@${domain}`;
    case 'overlong-mail':
      return `${long(plain)}@${OVERLONG_DOMAIN}`;
    case 'duplicate-mail':
      return twinMail;
    case 'duplicate-but-for-case':
      return twinMail.toUpperCase();
    case 'duplicate-but-for-accents':
      return unaccented(twinMail);
    case 'empty-mail':
      return faker.helpers.arrayElement(['', '  ']);
    case 'null-mail':
      return null;
    case 'invalid-mail':
      return faker.helpers.arrayElement(INVALID);
    case 'company-mail':
      return `${plain}@${faker.helpers.arrayElement(rules.companyDomains)}`;
    case 'ordinary':
    case 'emoji-name':
    case 'empty-first-name':
    case 'expired-login':
    case 'deleted':
    case 'two-portals':
    case 'in-no-portal':
    case 'also-admin': // if they had one of their own
      return `${plain}@${domain}`;
  }
}

/** Small ASCII letters, digits and hyphens, with umlauts as Germans write them without. */
export function ascii(text: string): string {
  const spelled = text.toLowerCase().replace(/[äöüß]/g, (letter) => spelling[letter] ?? letter);
  return unaccented(spelled).replace(/[^a-z0-9.-]/g, '');
}

const spelling: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' };

/** Letters without their accents: Okta takes both for the same login. */
export function unaccented(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
}

const long = (local: string) => (local + LONG_TAIL).slice(0, LONGEST_LOCAL_PART).replace(/[-.]+$/, '');

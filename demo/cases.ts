import { faker } from '@faker-js/faker/locale/de';

/** What has to become of a person; of several with one mail, one is carried over and the others fail. */
export type Fate = 'referenced' | 'failed' | 'skipped';

const common = {
  ordinary: 'referenced',
  'umlaut-mail': 'referenced',
  apostrophe: 'referenced',
  'upper-case-mail': 'referenced',
  'long-mail': 'referenced',
  'emoji-name': 'referenced',
  'duplicate-mail': 'failed',
  'duplicate-but-for-case': 'failed',
  'duplicate-but-for-accents': 'failed',
  'empty-mail': 'failed',
  'null-mail': 'failed',
  'invalid-mail': 'failed',
  'overlong-mail': 'failed',
  'empty-first-name': 'failed',
  'company-mail': 'skipped',
} as const satisfies Record<string, Fate>;

export const adminCases = { ...common, 'expired-login': 'skipped' } as const satisfies Record<string, Fate>;

export const panelistCases = {
  ...common,
  'two-portals': 'referenced',
  'also-admin': 'failed', // or the admin, whoever comes second
  deleted: 'skipped',
  'in-no-portal': 'skipped',
} as const satisfies Record<string, Fate>;

export type AdminCase = keyof typeof adminCases;
export type PanelistCase = keyof typeof panelistCases;
export type Case = AdminCase | PanelistCase;

export type Kind = 'admin' | 'panelist';

/** So many people in a row hold every case once: 2.5 % each. */
export const BLOCK = 40;

/** The first of each block, whose mails its duplicates repeat: they come before those in any case. */
const HEAD: Case[] = ['umlaut-mail', 'ordinary', 'ordinary'];
const twins: Partial<Record<Case, number>> = {
  'duplicate-but-for-accents': 0,
  'duplicate-mail': 1,
  'duplicate-but-for-case': 2,
};

/** The case of each person of one block; the same for the same seed. */
export function casesOf(seed: number, kind: Kind, block: number): Case[] {
  const names = Object.keys(kind === 'admin' ? adminCases : panelistCases) as Case[];
  const special = names.filter((name) => name !== 'ordinary' && !HEAD.includes(name));
  const rest = Array.from({ length: BLOCK - HEAD.length }, (_, i): Case => special[i] ?? 'ordinary');
  faker.seed([seed, kind === 'admin' ? 1 : 2, block]);
  return [...HEAD, ...faker.helpers.shuffle(rest)];
}

/** The person whose mail a duplicate at `index` repeats; undefined when the case is no duplicate. */
export function twinOf(index: number, special: Case): { index: number; special: Case } | undefined {
  const place = twins[special];
  if (place === undefined) return undefined;
  return { index: index - (index % BLOCK) + place, special: HEAD[place] ?? 'ordinary' };
}

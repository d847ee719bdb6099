import validator from 'validator';
import { adminCases, BLOCK, panelistCases } from '../../demo/cases.ts';
import { unaccented } from '../../demo/mails.ts';
import { createPeople, type Panelist } from '../../demo/people.ts';
import { rules } from '../../demo/rules.ts';

const SEED = 7;
const COUNTS = { admins: 40, panelists: 300 };

const everybody = (seed = SEED, counts = COUNTS) => {
  const { admins, panelists } = createPeople(seed, counts);
  return { admins: [...admins], panelists: [...panelists] };
};

const casesIn = (people: { case: string }[]) => new Set(people.map((person) => person.case));

/** What Okta takes for the same login. */
const fold = (mail: string) => unaccented(mail).toLowerCase();

const one = (panelists: Panelist[], special: Panelist['case']): Panelist => {
  const found = panelists.find((panelist) => panelist.case === special);
  if (!found) throw new Error(`nobody is ${special}`);
  return found;
};

test('the same seed and counts make the same people', () => {
  expect(everybody()).toEqual(everybody());
});

test('another seed makes other people', () => {
  expect(everybody(8).panelists).not.toEqual(everybody().panelists);
});

test('a person is the same however many others there are', () => {
  const few = everybody(SEED, { admins: 40, panelists: 50 }).panelists;
  expect(few).toEqual(everybody().panelists.slice(0, 50));
});

test('forty of a kind hold every case', () => {
  const { admins, panelists } = everybody(SEED, { admins: BLOCK, panelists: BLOCK });
  expect(casesIn(admins)).toEqual(new Set(Object.keys(adminCases)));
  expect(casesIn(panelists)).toEqual(new Set(Object.keys(panelistCases)));
});

test('the counts are kept, down to one of each', () => {
  const { admins, panelists } = everybody(SEED, { admins: 1, panelists: 1 });
  expect([admins.length, panelists.length]).toEqual([1, 1]);
  expect([...admins, ...panelists].map((person) => person.case)).toEqual(['umlaut-mail', 'umlaut-mail']);
});

test('ids, accounts and pseudonyms are unique', () => {
  const { admins, panelists } = everybody(SEED, { admins: 500, panelists: 3_000 });
  const isUnique = (values: unknown[]) => new Set(values).size === values.length;
  expect(isUnique(admins.map(({ row }) => row.uid))).toBe(true);
  expect(isUnique(admins.map(({ row }) => row.account))).toBe(true);
  expect(isUnique(panelists.map(({ row }) => row.uid))).toBe(true);
  expect(isUnique(panelists.map(({ row }) => row.pseudonym))).toBe(true);
});

test.each(['ordinary', 'umlaut-mail', 'apostrophe', 'upper-case-mail', 'long-mail', 'emoji-name'])(
  'the mail of who is %s is valid, short enough and of one person only',
  (special) => {
    const { admins, panelists } = everybody(SEED, { admins: 500, panelists: 3_000 });
    const isOther = (person: { case: string }) => !/^(duplicate|also-admin)/.test(person.case);
    const mails = [
      ...admins.filter(isOther).map(({ case: name, row }) => ({ name, mail: row.email ?? '' })),
      ...panelists.filter(isOther).map(({ case: name, row }) => ({ name, mail: row.u_email ?? '' })),
    ];
    const holders = new Map<string, number>();
    for (const { mail } of mails) holders.set(fold(mail), (holders.get(fold(mail)) ?? 0) + 1);
    for (const { mail } of mails.filter(({ name }) => name === special)) {
      expect(holders.get(fold(mail))).toBe(1);
      expect(mail.length).toBeLessThanOrEqual(100);
      expect(validator.isEmail(mail, { allow_utf8_local_part: true })).toBe(true);
    }
  },
);

test('a duplicate repeats an earlier mail: exactly, but for case, but for accents', () => {
  const { panelists } = everybody();
  const exact = one(panelists, 'duplicate-mail').row;
  const cased = one(panelists, 'duplicate-but-for-case').row;
  const plain = one(panelists, 'duplicate-but-for-accents').row;
  const earlier = (uid: number) => panelists.flatMap(({ row }) => (row.uid < uid ? [row.u_email ?? ''] : []));
  expect(earlier(exact.uid)).toContain(exact.u_email);
  for (const { uid, u_email } of [cased, plain]) {
    expect(earlier(uid)).not.toContain(u_email);
    expect(earlier(uid).map(fold)).toContain(fold(u_email ?? ''));
  }
});

test('the unusable mails are empty, null, invalid or longer than Okta takes', () => {
  const { panelists } = everybody();
  expect(one(panelists, 'empty-mail').row.u_email?.trim()).toBe('');
  expect(one(panelists, 'null-mail').row.u_email).toBeNull();
  expect(one(panelists, 'overlong-mail').row.u_email?.length).toBeGreaterThan(100);
  const invalid = panelists.filter((panelist) => panelist.case === 'invalid-mail');
  for (const { row } of invalid) expect(validator.isEmail(row.u_email ?? '')).toBe(false);
});

test('a panelist who is also an admin has the mail and name of an ordinary one', () => {
  const { admins, panelists } = everybody();
  const { row } = one(panelists, 'also-admin');
  const admin = admins.find((each) => each.row.email === row.u_email);
  expect(admin).toMatchObject({ case: 'ordinary', row: { firstname: row.u_firstname, name: row.u_name } });
});

test('who is to be left out is deleted, of a company, in no portal or expired', () => {
  const { admins, panelists } = everybody();
  const expired = admins.find((admin) => admin.case === 'expired-login');
  expect(rules.deletedStatuses).toContain(one(panelists, 'deleted').row.pstatus);
  expect(rules.companyDomains).toContain(one(panelists, 'company-mail').row.u_email?.split('@')[1]);
  expect(one(panelists, 'in-no-portal').portals).toEqual([]);
  expect(expired?.row.login_expires_at).toMatch(/^20(19|2[0-4])-/);
});

test('everybody else is in a portal, some in two', () => {
  const { panelists } = everybody();
  const others = panelists.filter((panelist) => panelist.case !== 'in-no-portal');
  expect(others.every(({ portals }) => portals.length > 0)).toBe(true);
  expect(one(panelists, 'two-portals').portals).toEqual([1, 2]);
});

test('with a third portal online people are in it, alone or besides the others', () => {
  const panelists = [...createPeople(SEED, { ...COUNTS, onlinePortals: [1, 2, 3] }).panelists];
  expect(one(panelists, 'two-portals').portals).toEqual([1, 2, 3]);
  expect(panelists.some(({ portals }) => portals.join() === '3')).toBe(true);
});

test('a name has an emoji, another an apostrophe, another is empty', () => {
  const { panelists } = everybody();
  expect(one(panelists, 'emoji-name').row.u_firstname).toMatch(/\p{Extended_Pictographic}/u);
  expect(one(panelists, 'apostrophe').row.u_name).toContain("'");
  expect(one(panelists, 'empty-first-name').row.u_firstname).toBe('');
});

test('people are made while they are read', () => {
  const { panelists } = createPeople(SEED, { admins: 1_000_000, panelists: 1_000_000 });
  const startedMs = performance.now();
  for (const { row } of panelists) if (row.uid > 1_100) break;
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

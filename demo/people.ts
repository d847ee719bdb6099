import { faker } from '@faker-js/faker/locale/de';
import { type AdminCase, BLOCK, type Case, casesOf, type Kind, type PanelistCase } from './cases.ts';
import { identityOf } from './identity.ts';
import { ascii } from './mails.ts';
import { rules } from './rules.ts';

/** An admin as a row of `users`, with what is special about them. */
export interface Admin {
  case: AdminCase;
  row: ReturnType<typeof adminRow>;
}

/** A panelist as a row of `panelists`, with the portals they are registered in. */
export interface Panelist {
  case: PanelistCase;
  row: ReturnType<typeof panelistRow>;
  portals: number[];
}

/** Everybody of an installation: the same for the same seed and counts, made while they are read. */
export interface People {
  admins: Iterable<Admin>;
  panelists: Iterable<Panelist>;
  /** Those that anybody is registered in; `ONLINE_PORTALS` without it. */
  onlinePortals?: readonly number[];
}

interface Counts {
  admins: number;
  panelists: number;
  onlinePortals?: readonly number[];
}

/** A third one is being prepared. */
export const ONLINE_PORTALS: readonly number[] = [1, 2];

export function createPeople(seed: number, counts: Counts): People {
  return {
    admins: { [Symbol.iterator]: () => admins(seed, counts.admins) },
    panelists: { [Symbol.iterator]: () => panelists(seed, counts) },
    onlinePortals: counts.onlinePortals ?? ONLINE_PORTALS,
  };
}

function* admins(seed: number, count: number): Generator<Admin> {
  for (const [index, special] of walk<AdminCase>(seed, 'admin', count)) {
    yield { case: special, row: adminRow(seed, index, special) };
  }
}

function* panelists(seed: number, counts: Counts): Generator<Panelist> {
  const online = counts.onlinePortals ?? ONLINE_PORTALS;
  const nextAdmin = ordinaryAdmins(seed, counts.admins);
  for (const [index, wanted] of walk<PanelistCase>(seed, 'panelist', counts.panelists)) {
    const admin = wanted === 'also-admin' ? nextAdmin.next().value : undefined;
    const special = wanted === 'also-admin' && !admin ? 'ordinary' : wanted;
    yield {
      case: special,
      row: panelistRow(seed, index, special, admin),
      portals: portalsOf(special, online),
    };
  }
}

function* walk<C extends Case>(seed: number, kind: Kind, count: number): Generator<[number, C]> {
  for (let first = 0; first < count; first += BLOCK) {
    const cases = casesOf(seed, kind, first / BLOCK) as C[];
    for (const [place, special] of cases.slice(0, count - first).entries()) yield [first + place, special];
  }
}

/** Admins whose mail a panelist can share; none is ever left out of the migration. */
function* ordinaryAdmins(seed: number, count: number): Generator<Admin['row'], undefined> {
  for (const [index, special] of walk<AdminCase>(seed, 'admin', count)) {
    if (special === 'ordinary') yield adminRow(seed, index, special);
  }
}

function adminRow(seed: number, index: number, special: AdminCase) {
  const { firstName, lastName, email } = identityOf(seed, 'admin', index, special);
  return {
    uid: index + 1,
    account: `${ascii(firstName).charAt(0)}${ascii(lastName)}${index + 1}`.slice(0, 64),
    firstname: firstName,
    name: lastName,
    email,
    primary_team_id: faker.number.int({ min: 1, max: 5 }),
    language: faker.helpers.arrayElement(['de', 'de', 'de', 'en']),
    timezone: 'Europe/Berlin',
    login_expires_at: special === 'expired-login' ? day(2019, 2024) : contractEnd(),
    login_disabled: 0,
    last_login_at: `${day(2024, 2025)} 09:30:00`,
  };
}

/** Most contracts are open-ended. */
const contractEnd = () => (faker.datatype.boolean(0.25) ? '2099-12-31' : null);

function panelistRow(seed: number, index: number, special: PanelistCase, admin?: Admin['row']) {
  const uid = 1_000 + index + Math.floor(index / 9); // some ids are gone for good
  const { gender, firstName, lastName, email } = identityOf(seed, 'panelist', index, special);
  return {
    uid,
    pseudonym: (uid * 48_271) % 2_147_483_647, // different for every uid
    pstatus: special === 'deleted' ? faker.helpers.arrayElement(rules.deletedStatuses) : status(),
    pstatus_date: `${day(2023, 2025)} 12:00:00`,
    pinput: faker.helpers.arrayElement([1, 2, 4, 8, 16]),
    reg_code: faker.number.int({ min: 1, max: 9 }),
    pcredit_points: faker.number.int({ min: 0, max: 5_000 }),
    u_account: `p${uid}`,
    u_passwd: faker.string.hexadecimal({ length: 40, prefix: '' }),
    u_firstname: admin?.firstname ?? firstName,
    u_name: admin?.name ?? lastName,
    u_email: admin ? admin.email : email,
    u_gender: gender,
    u_street: faker.location.streetAddress(),
    u_zip: faker.location.zipCode(),
    u_city: faker.location.city(),
    u_phone: faker.phone.number(),
    u_www: null,
    language_version: 'de',
    m_0001: faker.number.int({ min: 1930, max: 2007 }),
    m_0002: faker.helpers.arrayElement(['Haushalt', 'Reisen', 'Technik', 'Medien']),
  };
}

/** 1 active, 2 invited, 3 inactive. */
const status = () =>
  faker.helpers.weightedArrayElement([
    { value: 1, weight: 8 },
    { value: 2, weight: 1 },
    { value: 3, weight: 1 },
  ]);

/** One of the portals that are online, mostly the first, or all of them. */
function portalsOf(special: PanelistCase, online: readonly number[]): number[] {
  if (special === 'in-no-portal') return [];
  if (special === 'two-portals' || faker.datatype.boolean(0.1)) return [...online];
  return [faker.helpers.arrayElement([...online.slice(0, 1), ...online])];
}

function day(firstYear: number, lastYear: number): string {
  return faker.date
    .between({ from: `${firstYear}-01-01`, to: `${lastYear}-12-28` })
    .toISOString()
    .slice(0, 10);
}

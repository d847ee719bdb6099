import { createInstallation } from '../demo/installation.ts';
import type { Panelist } from '../demo/people.ts';

/** Fills the empty database of `url` with panelists of whom none is special: each mail once, each in a portal. */
export async function createPlainInstallation(url: string, panelists: number): Promise<void> {
  const people = { [Symbol.iterator]: () => ordinary(panelists) };
  await createInstallation(url, { admins: [], panelists: people });
}

function* ordinary(count: number): Generator<Panelist> {
  for (let uid = 1; uid <= count; uid++) yield { case: 'ordinary', row: rowOf(uid), portals: [1] };
}

function rowOf(uid: number): Panelist['row'] {
  return {
    uid,
    pseudonym: uid,
    pstatus: 1,
    pstatus_date: '2024-01-01 12:00:00',
    pinput: 1,
    reg_code: 1,
    pcredit_points: 0,
    u_account: `p${uid}`,
    u_passwd: '0'.repeat(40),
    u_firstname: 'Erika',
    u_name: 'Mustermann',
    u_email: `erika.mustermann.${uid}@mail.example`,
    u_gender: 2,
    u_street: 'Heidestraße 17',
    u_zip: '51147',
    u_city: 'Köln',
    u_phone: '0221 123456',
    u_www: null,
    language_version: 'de',
    m_0001: 1964,
    m_0002: 'Reisen',
  };
}

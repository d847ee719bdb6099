import { faker } from '@faker-js/faker/locale/de';
import { type Case, type Kind, twinOf } from './cases.ts';
import { mailOf } from './mails.ts';

/** Who somebody is. */
export interface Identity {
  /** 1 male, 2 female, as in the panel's master data. */
  gender: 1 | 2;
  firstName: string;
  lastName: string;
  email: string | null;
}

const domains = {
  admin: ['marktblick.example', 'umfragewerk.example', 'institut-lindner.example'],
  panelist: ['posteo.example', 'web.example', 'freenet.example', 'mail.example', 'uni-koeln.example'],
};

const SURNAMES: Partial<Record<Case, string[]>> = {
  'umlaut-mail': ['Müller', 'Schäfer', 'Köhler', 'Özdemir'],
  apostrophe: ["O'Brien", "D'Angelo", "O'Neill"],
};

/** The admin or panelist of this index: depends on nothing but the arguments. */
export function identityOf(seed: number, kind: Kind, index: number, special: Case): Identity {
  const earlier = twinOf(index, special);
  const twin = earlier && identityOf(seed, kind, earlier.index, earlier.special);
  // Seeded anew for each person: the shared generator carries nothing over from one to the next.
  faker.seed([seed, kind === 'admin' ? 3 : 4, index]);
  const gender = twin?.gender ?? faker.helpers.arrayElement([1, 2] as const);
  const sex = gender === 1 ? 'male' : 'female';
  const own = named(special, faker.person.firstName(sex), faker.person.lastName(sex));
  const { firstName, lastName } = twin ?? own; // who has a mail twice is mostly the same person
  const domain = faker.helpers.arrayElement(domains[kind]);
  const email = mailOf(special, { firstName, lastName, index, domain, twinMail: twin?.email ?? '' });
  return { gender, firstName, lastName, email };
}

function named(special: Case, firstName: string, lastName: string) {
  const surnames = SURNAMES[special];
  return {
    firstName: special === 'empty-first-name' ? '' : firstName + (special === 'emoji-name' ? ' 🎈' : ''),
    lastName: surnames ? faker.helpers.arrayElement(surnames) : lastName,
  };
}

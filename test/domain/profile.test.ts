import { columnsOf, type MappedAttributes, toOktaProfile } from '../../src/domain/profile.ts';
import { aPerson } from '../support/factories.ts';

const profileOf = (
  values: Parameters<typeof aPerson>[0],
  login = '{email}',
  attributes: MappedAttributes = {},
) =>
  toOktaProfile(aPerson(values), {
    installation: 'werk',
    kind: 'panelist',
    login,
    markerAttribute: 'employeeNumber',
    attributes,
  });

test('a person becomes a profile of Okta, with the mark that Portage made it', () => {
  expect(profileOf({})).toEqual({
    kind: 'complete',
    profile: {
      login: 'ada@example.com',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Byron',
      employeeNumber: 'werk/panelist/7',
    },
  });
});

test.each(['', ' ', '\t\n'])('a mail address of %j is missing', (email) => {
  expect(profileOf({ email })).toEqual({ kind: 'unusable', code: 'mail_missing' });
});

test.each([
  'ada',
  'ada@',
  '@example.com',
  'ada@example',
  'ada@@example.com',
  'a b@example.com',
  'ada@exa_mple.com',
])('a mail address of %j is invalid', (email) => {
  expect(profileOf({ email })).toEqual({ kind: 'unusable', code: 'mail_invalid' });
});

test.each(['jürgen@müller.example', 'ada+panel@example.com', "o'brien@example.com", 'ADA.BYRON@EXAMPLE.COM'])(
  'the mail address %s is taken as it is written',
  (email) => {
    expect(profileOf({ email })).toMatchObject({ kind: 'complete', profile: { email, login: email } });
  },
);

test('an address longer than mail allows is left to Okta to judge', () => {
  expect(profileOf({ email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.example.com` }).kind).toBe(
    'complete',
  );
});

test('space around a mail address does not travel to Okta', () => {
  expect(profileOf({ email: ' ada@example.com\n' })).toMatchObject({
    profile: { email: 'ada@example.com', login: 'ada@example.com' },
  });
});

test('a login template may hold the address, the id, the kind and the installation, each more than once', () => {
  expect(profileOf({}, '{installation}-{kind}-{id}-{id}.{email}')).toMatchObject({
    profile: { login: 'werk-panelist-7-7.ada@example.com', email: 'ada@example.com' },
  });
});

test('an address that looks like a placeholder stays what it is', () => {
  expect(profileOf({ email: '{id}@example.com' })).toMatchObject({ profile: { login: '{id}@example.com' } });
});

const attributes = (values: MappedAttributes, extra: Record<string, string>) => {
  const mapped = profileOf({ extra }, '{email}', values);
  if (mapped.kind !== 'complete') throw new Error('unusable');
  const ours = new Set(['login', 'email', 'firstName', 'lastName', 'employeeNumber']);
  return Object.fromEntries(Object.entries(mapped.profile).filter(([name]) => !ours.has(name)));
};

test.each<[string, MappedAttributes, Record<string, string>, Record<string, string>]>([
  ['a column as it is', { city: { column: 'ort' } }, { ort: ' Köln ' }, { city: ' Köln ' }],
  ['trimmed', { city: { column: 'ort', transforms: ['trim'] } }, { ort: ' Köln ' }, { city: 'Köln' }],
  [
    'several changes, in order',
    { city: { column: 'ort', transforms: ['trim', 'lower-case'] } },
    { ort: ' KÖLN' },
    { city: 'köln' },
  ],
  [
    'joined columns without those that are empty',
    { displayName: { concat: ['vor', 'mitte', 'nach'] } },
    { vor: 'Ada', mitte: ' ', nach: 'Byron' },
    { displayName: 'Ada Byron' },
  ],
  [
    'joined by something else',
    { displayName: { concat: ['nach', 'vor'], separator: ', ' } },
    { vor: 'Ada', nach: 'Byron' },
    { displayName: 'Byron, Ada' },
  ],
  [
    'a default for who has nothing',
    { city: { column: 'ort', default: 'Bonn' } },
    { ort: '' },
    { city: 'Bonn' },
  ],
  ['a default for everybody', { userType: { default: 'panelist' } }, {}, { userType: 'panelist' }],
  ['nothing where there is nothing', { city: { column: 'ort' } }, { ort: '' }, {}],
])('an attribute is %s', (_, values, extra, expected) => {
  expect(attributes(values, extra)).toEqual(expected);
});

test.each([
  ['de', 'de_DE'],
  ['en', 'en_US'],
  [' de-AT ', 'de_AT'],
  ['de_ch', 'de_CH'],
  ['pt', 'pt_BR'],
])('the language %j is the locale %s', (sprache, locale) => {
  expect(attributes({ locale: { column: 'sprache', transforms: ['locale'] } }, { sprache })).toEqual({
    locale,
  });
});

test.each(['', '  ', 'deutsch ', '1', 'kein Eintrag'])('the language %j is no locale', (sprache) => {
  const mapping = { locale: { column: 'sprache', transforms: ['locale'], default: 'de_DE' } } as const;
  expect(attributes(mapping, { sprache })).toEqual({ locale: 'de_DE' });
});

test('names can be mapped otherwise, and stay as they are where that gives nothing', () => {
  const mapping = { firstName: { column: 'rufname' } };
  expect(profileOf({ extra: { rufname: 'Countess' } }, '{email}', mapping)).toMatchObject({
    profile: { firstName: 'Countess', lastName: 'Byron' },
  });
  expect(profileOf({ extra: { rufname: '' } }, '{email}', mapping)).toMatchObject({
    profile: { firstName: 'Ada' },
  });
});

test('the columns of a mapping are each named once', () => {
  expect(columnsOf({ a: { column: 'x' }, b: { concat: ['y', 'x'] }, c: { default: 'z' } })).toEqual([
    'x',
    'y',
  ]);
});

import { type MappedAttributes, toOktaProfile } from '../../src/domain/profile.ts';
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

import { faultsAfter } from './support.ts';

const faults = (profile: object, more: object = {}) =>
  faultsAfter((file) => {
    Object.assign(file.installations.werk, more);
    file.installations.werk.admins.profile = profile;
  });
const at = '/installations/werk/admins/profile';

test('a mapping of columns, joined columns and defaults is right', () => {
  expect(
    faults({
      locale: { column: 'sprache', transforms: ['trim', 'locale'], default: 'de_DE' },
      displayName: { concat: ['vorname', 'nachname'], separator: ', ' },
      userType: { default: 'admin' },
      firstName: { column: 'rufname' },
    }),
  ).toEqual([]);
});

test.each([
  ['login', {}, "must be an attribute of Okta's profile other than login and email"],
  ['email', { column: 'x' }, "must be an attribute of Okta's profile other than login and email"],
  ['1st', { column: 'x' }, "must be an attribute of Okta's profile other than login and email"],
  ['city', {}, 'must have column, concat or default'],
  ['city', { column: 'x', concat: ['y'] }, 'must have one of column and concat'],
  ['employeeNumber', { column: 'x' }, 'holds the mark of Portage: map another one, or set markerAttribute'],
])('%s of %j is refused', (name, attribute, message) => {
  expect(faults({ [name]: attribute })).toEqual([`${at}/${name} ${message}`]);
});

test.each([
  [{ column: 'x', separator: ' ' }, '/separator needs concat'],
  [{ default: 'x', separator: ' ' }, '/separator needs concat'],
  [{ default: 'x', transforms: ['trim'] }, '/transforms needs column or concat'],
  [{ column: 'x', colour: 'red' }, '/colour is not a known setting'],
])('%j is refused', (attribute, fault) => {
  expect(faults({ city: attribute })).toEqual([`${at}/city${fault}`]);
});

test('a transform that is not known is refused', () => {
  expect(faults({ city: { column: 'x', transforms: ['upper-case'] } })).toEqual([
    expect.stringMatching(`^${at}/city/transforms/0 `),
  ]);
});

test('the base attribute can be mapped where the mark is in another one', () => {
  expect(faults({ employeeNumber: { column: 'x' } }, { markerAttribute: 'portageId' })).toEqual([]);
});

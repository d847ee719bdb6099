import type { Attribute } from './attribute.ts';

/** The 31 base attributes of the default user type, with lengths in characters. Okta, Users API: UserProfile. */
export const BASE_ATTRIBUTES: readonly (readonly [name: string, attribute: Attribute])[] = [
  row('login', 'Username', { minLength: 5, maxLength: 100, required: true }),
  row('email', 'Primary email', { minLength: 5, maxLength: 100, required: true, format: 'email' }),
  row('firstName', 'First name', { minLength: 1, maxLength: 50, required: true }),
  row('lastName', 'Last name', { minLength: 1, maxLength: 50, required: true }),
  row('city', 'City', { maxLength: 128 }),
  row('costCenter', 'Cost center'),
  row('countryCode', 'Country code', { maxLength: 2, format: 'country-code' }),
  row('department', 'Department'),
  row('displayName', 'Display name'),
  row('division', 'Division'),
  row('employeeNumber', 'Employee number'),
  row('honorificPrefix', 'Honorific prefix'),
  row('honorificSuffix', 'Honorific suffix'),
  row('locale', 'Locale', { format: 'locale' }),
  row('manager', 'Manager'),
  row('managerId', 'ManagerId'),
  row('middleName', 'Middle name'),
  row('mobilePhone', 'Mobile phone', { maxLength: 100 }),
  row('nickName', 'Nickname'),
  row('organization', 'Organization'),
  row('postalAddress', 'Postal Address', { maxLength: 4096 }),
  row('preferredLanguage', 'Preferred language', { format: 'language-code' }),
  row('primaryPhone', 'Primary phone', { maxLength: 100 }),
  row('profileUrl', 'Profile Url', { format: 'uri' }),
  row('secondEmail', 'Secondary email', { maxLength: 100, format: 'email' }),
  row('state', 'State', { maxLength: 128 }),
  row('streetAddress', 'Street address', { maxLength: 1024 }),
  row('timezone', 'Time zone', { format: 'timezone' }),
  row('title', 'Title'),
  row('userType', 'User type'),
  row('zipCode', 'Zip code', { maxLength: 50 }),
];

function row(name: string, title: string, rules: Partial<Attribute> = {}): readonly [string, Attribute] {
  return [
    name,
    {
      title,
      type: 'string',
      ...rules,
      mutability: 'READ_WRITE',
      scope: 'NONE',
      permissions: [{ principal: 'SELF', action: name === 'login' ? 'READ_ONLY' : 'READ_WRITE' }],
      master: { type: 'PROFILE_MASTER' },
    },
  ];
}

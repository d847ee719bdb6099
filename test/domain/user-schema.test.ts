import { BASE_ATTRIBUTES } from '../../simulator/base-attributes.ts';
import type { OktaProfile } from '../../src/domain/profile.ts';
import { mappingFaults, rulesOf, valueFaults } from '../../src/domain/user-schema.ts';

const rules = (custom: Record<string, unknown> = {}, required: string[] = []) =>
  rulesOf({
    base: { properties: Object.fromEntries(BASE_ATTRIBUTES) },
    custom: { properties: custom, required },
  });
const ada: OktaProfile = {
  login: 'ada@example.com',
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'Byron',
};
const NOTHING = {
  type: 'string',
  required: false,
  minLength: null,
  maxLength: null,
  enum: null,
  pattern: null,
};
const mapping = (attributes: object) => ({
  markerAttribute: 'employeeNumber',
  attributes: attributes as never,
});

test('a mapping to attributes of the org is right', () => {
  expect(
    mappingFaults(mapping({ locale: { column: 'x' }, portal: { column: 'y' } }), rules({ portal: {} })),
  ).toEqual([]);
});

test('what a mapping lacks, has too much or has of another type is named by attribute', () => {
  const org = rules({ points: { type: 'number' }, branch: { type: 'string', required: true } }, ['unit']);
  const schema = new Map(org).set('unit', { ...NOTHING, required: true });
  expect(mappingFaults(mapping({ points: { column: 'x' }, hair: { column: 'y' } }), schema)).toEqual([
    { fault: 'attribute_unknown', attribute: 'hair' },
    { fault: 'attribute_type', attribute: 'points' },
    { fault: 'attribute_required', attribute: 'branch' },
    { fault: 'attribute_required', attribute: 'unit' },
  ]);
});

test('the attribute of the marker is looked for too', () => {
  expect(mappingFaults({ markerAttribute: 'portageId', attributes: {} }, rules())).toEqual([
    { fault: 'attribute_unknown', attribute: 'portageId' },
  ]);
});

test.each([
  ['firstName', '', 'value_missing'],
  ['firstName', 'x'.repeat(51), 'value_too_long'],
  ['login', 'a@b.', 'value_too_short'],
  ['login', 'not-a-mail', 'value_not_allowed'],
  ['countryCode', 'DEU', 'value_too_long'],
])('Okta would refuse %s %j: %s', (attribute, value, fault) => {
  expect(valueFaults({ ...ada, [attribute]: value }, rules())).toEqual([{ fault, attribute }]);
});

test('a value that is not in the list of an attribute is not allowed', () => {
  const org = rules({ size: { type: 'string', enum: ['S', 'L'] } });
  expect(valueFaults({ ...ada, size: 'M' }, org)).toEqual([
    { fault: 'value_not_allowed', attribute: 'size' },
  ]);
  expect(valueFaults({ ...ada, size: 'L' }, org)).toEqual([]);
});

test.each([
  ['.+', true],
  ['[a-z0-9-]+', true],
  ['[0-9]+', false],
  ['[[:alpha:]]+(', true], // nothing that we could judge by
])('a login without @ in an org of the login pattern %j', (pattern, allowed) => {
  const org = new Map(rules());
  org.set('login', { ...NOTHING, pattern });
  expect(valueFaults({ ...ada, login: 'werk-panelist-7' }, org)).toHaveLength(allowed ? 0 : 1);
});

test('a schema that cannot be understood demands nothing', () => {
  const org = rulesOf({
    base: { properties: { login: null, email: { maxLength: 'long' } } },
    custom: { properties: {} },
  });
  expect(valueFaults(ada, org)).toEqual([]);
});

test('a default that the org would refuse is named', () => {
  const attributes = { countryCode: { default: 'DEU' }, size: { default: 'M' }, city: { default: 'Bonn' } };
  const org = rules({ size: { type: 'string', enum: ['S', 'L'] } });
  expect(mappingFaults(mapping(attributes), org)).toEqual([
    { fault: 'default_not_allowed', attribute: 'countryCode' },
    { fault: 'default_not_allowed', attribute: 'size' },
  ]);
});

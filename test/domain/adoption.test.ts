import { type AdoptionPolicy, adoptionOf } from '../../src/domain/adoption.ts';
import type { SubjectId } from '../../src/domain/ids.ts';

const wanted = {
  installation: 'werk',
  kind: 'panelist',
  id: 7 as SubjectId,
  login: 'Jürgen@example.com',
} as const;
const existing = (marker: string | null, values = {}) => ({
  id: '00u1',
  status: 'STAGED',
  login: 'jurgen@EXAMPLE.com',
  marker,
  ...values,
});
const policies: AdoptionPolicy[] = ['never', 'same-person', 'same-mail'];

test.each(policies)('what was created for this very person is our own, under %s', (policy) => {
  expect(adoptionOf(existing('werk/panelist/7'), wanted, policy)).toEqual({ kind: 'own' });
});

test.each(policies)('another panelist with the same mail is another person, under %s', (policy) => {
  expect(adoptionOf(existing('werk/panelist/8'), wanted, policy)).toEqual({
    kind: 'duplicate',
    owner: 'werk/panelist/8',
  });
});

test.each([
  ['werk/admin/3', ['duplicate', 'allowed', 'allowed']],
  ['other/panelist/7', ['taken', 'taken', 'allowed']],
  ['E-4711', ['taken', 'taken', 'allowed']],
  [null, ['taken', 'taken', 'allowed']],
] as const)('the user marked %s may be taken over as the policy says', (marker, kinds) => {
  expect(policies.map((policy) => adoptionOf(existing(marker), wanted, policy).kind)).toEqual(kinds);
});

test('a deactivated user is never taken over, not even our own', () => {
  const deactivated = existing('werk/panelist/7', { status: 'DEPROVISIONED' });
  expect(adoptionOf(deactivated, wanted, 'same-mail').kind).toBe('taken');
});

test("a stranger is named by Okta's id, not by what stands in the attribute", () => {
  expect(adoptionOf(existing('Max Mustermann'), wanted, 'never')).toEqual({ kind: 'taken', owner: '00u1' });
});

test('a user of another login is not related', () => {
  expect(
    adoptionOf(existing('werk/panelist/7', { login: 'jurgen2@example.com' }), wanted, 'same-mail'),
  ).toEqual({ kind: 'unrelated' });
});

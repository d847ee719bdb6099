import { type Activation, activationLot, invitationOf, resendLot } from '../../src/domain/activation.ts';
import type { MigrationId } from '../../src/domain/ids.ts';
import { DAY } from '../../src/time.ts';

const [earlier, this_] = [1 as MigrationId, 2 as MigrationId];
const createdAt = new Date('2026-03-10T12:00:00Z');
const daysOld = (days: number) => new Date(createdAt.getTime() - days * DAY);
const known = ({ mailedAt = daysOld(8), ...values }: Partial<Activation> = {}): Activation => ({
  state: 'pending',
  oktaId: null,
  migrationId: earlier,
  mailedAt,
  userMailedAt: mailedAt,
  ...values,
});

test.each([
  ['nobody knows of', null, 'wanted'],
  ['Okta was asked for a mail to', known({ state: 'asked' }), 'wanted'],
  ['has the mail', known(), 'done'],
  ['has been active', known({ state: 'active' }), 'done'],
])('activation: whoever %s', (_, activation, lot) => {
  expect(activationLot(activation)).toBe(lot);
});

test.each([
  ['nobody knows of', null, 'left-out'],
  ['has an old mail', known(), 'wanted'],
  ['has a mail of no known age', known({ mailedAt: null }), 'wanted'],
  ['has a newer mail', known({ mailedAt: daysOld(7) }), 'left-out'],
  ['has a newer mail as another person', known({ userMailedAt: daysOld(7) }), 'left-out'],
  ['has been active', known({ state: 'active' }), 'left-out'],
  ['is being activated', known({ state: 'asked' }), 'left-out'],
  ['was asked for here', known({ migrationId: this_, state: 'asked' }), 'wanted'],
  ['has a mail from here', known({ migrationId: this_, mailedAt: createdAt }), 'done'],
  ['was found active here', known({ migrationId: this_, state: 'active' }), 'done'],
])('another mail after 7 days: whoever %s', (_, activation, lot) => {
  expect(resendLot({ id: this_, createdAt, options: { olderThanDays: 7 } })(activation)).toBe(lot);
});

test('another mail goes to whose last one is a week old, unless told otherwise', () => {
  const lotOf = resendLot({ id: this_, createdAt, options: {} });
  expect([lotOf(known({ mailedAt: daysOld(6.9) })), lotOf(known({ mailedAt: daysOld(7.1) }))]).toEqual([
    'left-out',
    'wanted',
  ]);
});

test.each([
  ['STAGED', 'none'],
  ['PROVISIONED', 'pending'],
  ['ACTIVE', 'active'],
  ['SUSPENDED', 'active'],
  ['DEPROVISIONED', 'withdrawn'],
  ['SOMETHING_NEW', 'active'],
])('Okta has somebody as %s: %s', (status, invitation) => {
  expect(invitationOf(status)).toBe(invitation);
});

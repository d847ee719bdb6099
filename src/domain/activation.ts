import { DAY } from '../time.ts';
import type { MigrationId, OktaUserId } from './ids.ts';
import type { Migration } from './migration.ts';

/**
 * asked: Okta was asked for a mail, and has perhaps sent it. pending: the mail is out, and was not followed when last
 * looked. active: has been active, whatever became of the user since.
 */
export type ActivationState = 'asked' | 'pending' | 'active';

/** What Portage knows of one person's activation. */
export interface Activation {
  state: ActivationState;
  /** Whom Okta had for this person then; null in what was noted before that was kept. */
  oktaId: OktaUserId | null;
  /** The last one that was about this person. */
  migrationId: MigrationId;
  /** When the last mail went out, or was asked for; null when nobody knows. */
  mailedAt: Date | null;
  /** The same of the user in Okta, who may be an admin and a panelist: whichever of them it was for. */
  userMailedAt: Date | null;
}

/** What becomes of a person, by what Portage knows. left-out: the operation is not about them. */
export type Lot = 'wanted' | 'done' | 'left-out';
export type LotOf = (known: Activation | null) => Lot;

/** A mail for everybody who never had one. */
export const activationLot: LotOf = (known) => (known && known.state !== 'asked' ? 'done' : 'wanted');

const OLDER_THAN_DAYS = 7;

/** Another mail for whose last one was old when the migration began. */
export function resendLot({
  id,
  createdAt,
  options: { olderThanDays = OLDER_THAN_DAYS },
}: Pick<Migration, 'id' | 'createdAt' | 'options'>): LotOf {
  const before = createdAt.getTime() - olderThanDays * DAY;
  return (known) => {
    if (known?.migrationId === id) return known.state === 'asked' ? 'wanted' : 'done';
    if (known?.state !== 'pending') return 'left-out';
    return known.userMailedAt === null || known.userMailedAt.getTime() < before ? 'wanted' : 'left-out';
  };
}

/** How Okta has a user: never invited, invited and not there yet, there, or put out of use by somebody. */
export type Invitation = 'none' | 'pending' | 'active' | 'withdrawn';

/** Okta, User status. What is not known there counts as active: nobody is mailed by mistake. */
export function invitationOf(status: string): Invitation {
  switch (status) {
    case 'STAGED':
      return 'none';
    case 'PROVISIONED':
      return 'pending';
    case 'DEPROVISIONED':
      return 'withdrawn';
    default:
      return 'active'; // ACTIVE, RECOVERY, PASSWORD_EXPIRED, LOCKED_OUT, SUSPENDED
  }
}

import { resendLot } from '../domain/activation.ts';
import { invite, invitedOf, isUnheardOf, type Mailing, recordInvited } from './invite.ts';
import { personOf } from './person.ts';
import type { Process } from './process.ts';

/**
 * Has Okta send another mail to one person who has not followed the last one, at most once: Okta would send any number,
 * and shows none of them, so that a mail whose answer was lost counts as sent.
 */
export const resendActivation: Process = async (anySubject, signal) => {
  const subject = personOf(anySubject, anySubject.installation.inOkta);
  const mailing: Mailing = {
    lotOf: resendLot(subject.migration),
    invitation: 'pending',
    send: (...args) => subject.okta.reactivate(...args),
  };
  const invited = await invitedOf(subject, mailing);
  if (invited.kind !== 'wanted') return invited;
  const { known, oktaId } = invited;
  if (isUnheardOf(invited, mailing)) {
    await recordInvited(subject, oktaId, { state: 'pending', mailedAt: known?.mailedAt ?? null });
    return { kind: 'already-mailed' };
  }
  return invite(subject, invited, mailing, signal);
};

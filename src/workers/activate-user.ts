import { activationLot } from '../domain/activation.ts';
import { invite, invitedOf, type Mailing } from './invite.ts';
import { personOf } from './person.ts';
import type { Process } from './process.ts';

/**
 * Has Okta activate one user and send the mail for it, once: whom it has mailed it refuses to activate again, and shows
 * as such to the next attempt. Okta would also activate who was deactivated: that is looked for first.
 */
export const activateUser: Process = async (anySubject, signal) => {
  const subject = personOf(anySubject, anySubject.installation.inOkta);
  const mailing: Mailing = {
    lotOf: activationLot,
    invitation: 'none',
    send: (...args) => subject.okta.activate(...args),
  };
  const invited = await invitedOf(subject, mailing);
  return invited.kind === 'wanted' ? invite(subject, invited, mailing, signal) : invited;
};

import { findActivation, noteAsked, recordActivation, unnote } from '../db/activations.ts';
import { type Activation, invitationOf, type LotOf } from '../domain/activation.ts';
import type { OktaUserId } from '../domain/ids.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { OktaClient } from '../okta/client.ts';
import type { Reply } from '../okta/reply.ts';
import type { PersonSubject } from './person.ts';
import { scrubbed } from './record.ts';

/** Which mail Okta is asked for, and for whom. */
export interface Mailing {
  lotOf: LotOf;
  /** How Okta has those who are to be mailed. */
  invitation: 'none' | 'pending';
  send(...args: Parameters<OktaClient['activate']>): Promise<Reply<unknown>>;
}

/** Whom Okta is to mail, as far as Portage and EFS know. */
export interface Invited {
  kind: 'wanted';
  person: Person;
  oktaId: OktaUserId;
  known: Activation | null;
}

/** Has Okta mail one person, unless it shows that there is nothing to mail. */
export async function invite(
  subject: PersonSubject,
  invited: Invited,
  mailing: Mailing,
  signal: AbortSignal,
): Promise<Outcome> {
  const { okta, lane, db, id, migration } = subject;
  const seen = await see(subject, invited, mailing, signal);
  if (seen) return seen;
  const turn = await okta.turn('users', { lane, signal });
  // The turn may have been minutes away: who is done, held or gone by now is not mailed as of then.
  const now = await invitedOf(subject, mailing);
  if (now.kind !== 'wanted') return now;
  if (isUnheardOf(now, mailing)) return { kind: 'undecided' }; // another worker is at it
  const people = peopleOf(subject);
  const user = { id, oktaId: now.oktaId };
  if (!(await noteAsked(db, people, user, migration.id, now.known))) return { kind: 'undecided' };

  const reply = await mailing.send(turn, now.oktaId, signal);
  if (reply.kind !== 'throttled') subject.answered();
  if (reply.kind === 'ok') {
    await recordInvited(subject, now.oktaId, { state: 'pending', mailedAt: 'now' });
    return { kind: 'mailed' };
  }
  if (!mayHaveMailed(reply)) await unnote(db, people, user, now.known);
  // Okta, Error codes: active already, or not in a status that allows it. Somebody else was quicker.
  const isOvertaken = reply.kind === 'refused' && ['E0000016', 'E0000038'].includes(reply.error.code);
  const other = isOvertaken && (await see(subject, now, mailing, signal));
  return other || scrubbed(reply, now.person);
}

/** Okta was asked for a mail that it sends as often as it is asked, and has perhaps sent it. */
export const isUnheardOf = ({ known }: Invited, { invitation }: Mailing): boolean =>
  invitation === 'pending' && known?.state === 'asked';

/** An outcome when there is nothing to mail, by what Portage and EFS know at this moment. */
export async function invitedOf(
  subject: PersonSubject,
  { lotOf }: Pick<Mailing, 'lotOf'>,
): Promise<Invited | Outcome> {
  const standing = await subject.look();
  switch (standing.kind) {
    case 'not-running':
    case 'already-failed':
    case 'gone':
    case 'skipped':
      return { kind: standing.kind };
    case 'misreferenced':
      return { kind: 'unusable', code: 'reference_invalid' };
    case 'referenced':
      throw new Error('Bug: nobody is done by a reference here');
    case 'wanted':
      break;
  }
  const { person, oktaId } = standing;
  if (oktaId === null) return { kind: 'skipped' };
  const known = await findActivation(subject.db, peopleOf(subject), { id: subject.id, oktaId });
  switch (lotOf(known)) {
    case 'done':
      return { kind: 'already-mailed' };
    case 'left-out':
      return { kind: 'skipped' };
    case 'wanted':
      return { kind: 'wanted', person, oktaId, known };
  }
}

/** Looks how Okta has the user, and notes whom it need not mail; null: mail. */
async function see(
  subject: PersonSubject,
  { person, oktaId, known }: Invited,
  mailing: Mailing,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { okta, lane } = subject;
  const found = await okta.getUser(await okta.turn('user-read', { lane, signal }), oktaId, signal);
  if (found.kind === 'refused' && found.error.status === 404)
    return scrubbed({ kind: 'missing' as const, error: found.error }, person);
  if (found.kind !== 'ok') return scrubbed(found, person);
  const { status, statusChanged } = found.body;
  const invitation = invitationOf(status);
  if (invitation === mailing.invitation) return null;
  if (invitation === 'none' || invitation === 'withdrawn') return { kind: 'unfit', status };
  const mailedByOthers = invitation === 'pending' && statusChanged ? new Date(statusChanged) : null;
  const mailedAt = known?.mailedAt ?? mailedByOthers;
  await recordInvited(subject, oktaId, { state: invitation, mailedAt });
  return { kind: 'already-mailed' };
}

/** Last of all: who is noted so is done. */
export async function recordInvited(
  subject: PersonSubject,
  oktaId: OktaUserId,
  { state, mailedAt }: { state: 'pending' | 'active'; mailedAt: Date | 'now' | null },
): Promise<void> {
  const { db, id, migration, source } = subject;
  await source.recordStatus(id, oktaId, state);
  const known = { state, migrationId: migration.id, mailedAt };
  await recordActivation(db, peopleOf(subject), { id, oktaId }, known);
}

const peopleOf = ({ installation, kind }: PersonSubject) => ({
  installation: installation.config.name,
  kind,
});

/** Not when Okta itself says that it has done nothing. */
function mayHaveMailed(reply: Exclude<Reply<unknown>, { kind: 'ok' }>): boolean {
  if (reply.kind !== 'unreachable' || reply.unsent) return false;
  const { status, code } = reply.error;
  return code === '' || status === 0 || (status >= 500 && status !== 503);
}

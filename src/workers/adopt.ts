import pLimit from 'p-limit';
import type { Creation } from '../db/creations.ts';
import { alone } from '../db/named-lock.ts';
import { adoptionOf, type ExistingUser } from '../domain/adoption.ts';
import { oktaUserId } from '../domain/ids.ts';
import { markerText } from '../domain/marker.ts';
import type { OktaError, Outcome } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import type { OktaProfile } from '../domain/profile.ts';
import type { OktaUser } from '../okta/client.ts';
import type { Reply } from '../okta/reply.ts';
import { lacksAny } from './known-attributes.ts';
import type { PersonSubject } from './person.ts';
import { record, recordNew, scrubbed } from './record.ts';

/** Each holds one of the process' connections to Portage's database while it waits for the installation's. */
const fewAtOnce = pLimit(3);

/** Looks whose user it is that Okta would not create: our own, from an attempt whose end nobody saw, or another's. */
export async function adopt(
  subject: PersonSubject,
  person: Person,
  profile: OktaProfile,
  refusal: Extract<Outcome, { kind: 'refused' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { okta, installation } = subject;
  const { login } = profile;
  const found = await userOf(subject, login, signal);
  if (found.kind === 'unseen') return { kind: 'unreachable', error: refusal.error };
  if (found.kind !== 'ok' && found.kind !== 'refused') return scrubbed(found, person);
  // What was sent may have been wrong for all; then the marker cannot be read either.
  const isForAll = await lacksAny(okta, Object.keys(profile), signal);
  if (found.kind === 'refused' || isForAll)
    return isForAll ? { kind: 'misconfigured', cause: 'attribute', error: refusal.error } : refusal;

  const adoption = adoptionOf(
    existing(subject, found.body),
    wanted(subject, login),
    installation.config.adoptExisting,
  );
  switch (adoption.kind) {
    case 'unrelated':
      return refusal;
    case 'taken':
    case 'duplicate':
      return { ...adoption, error: refusal.error };
    case 'own':
    case 'allowed':
      break;
  }
  // A reference says: in Okta, and in the group. EFS takes out of it who left the last portal, and may be back.
  const outside = await join(subject, person, found.body.id, signal);
  if (outside) return adoption.kind === 'own' ? kept(outside) : outside;
  const done = { kind: 'adopted', oktaId: oktaUserId(found.body.id), error: refusal.error } as const;
  return adoption.kind === 'own' ? recordNew(subject, person, done) : takeOver(subject, done);
}

/** Puts a user into the group; null when it is there. */
async function join(
  { okta, lane, installation }: PersonSubject,
  person: Person | null,
  userId: string,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { groupId } = installation.config;
  const turn = await okta.turn('groups', { lane, signal });
  const added = await okta.addToGroup(turn, groupId, userId, signal);
  if (added.kind === 'ok') return null;
  if (added.kind !== 'refused' || added.error.status !== 404) return scrubbed(added, person);
  // The group, or a user who is gone since: only Okta's text would say which.
  const group = await okta.getGroup(await okta.turn('group', { lane, signal }), groupId, signal);
  if (group.kind === 'refused' && group.error.status === 404)
    return { kind: 'misconfigured', cause: 'group', error: group.error };
  const isKnown = group.kind === 'ok' || group.kind === 'refused';
  return isKnown ? { kind: 'undecided' } : scrubbed(group, person);
}

/** The same for a user of our own, who is not to be forgotten in Okta. */
const kept = (outcome: Outcome): Outcome =>
  outcome.kind === 'refused' ? { ...outcome, kind: 'outside' } : outcome;

/** Of one kind nobody shares a user: only the references tell who of them has taken it over. */
function takeOver(
  subject: PersonSubject,
  done: Extract<Outcome, { kind: 'adopted' }> & { error: OktaError },
): Promise<Outcome> {
  const { db, source, id, kind, installation } = subject;
  return fewAtOnce(() =>
    alone(db, `adopt ${done.oktaId}`, async () => {
      const other = await source.otherOf(done.oktaId, id);
      // Who is gone by now leaves the user to whoever else has it.
      if (other === null) return record(subject, done, { kind: 'gone' });
      const owner = markerText({ installation: installation.config.name, kind, id: other });
      return { kind: 'duplicate', owner, error: done.error };
    }),
  );
}

/**
 * Carries out what an earlier attempt has left open, whatever has become of the person since; null when Okta has no
 * user of it, or none yet.
 */
export async function recover(
  subject: PersonSubject,
  { login, ageMs }: Creation,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const standing = await subject.look();
  if (standing.kind === 'not-running' || standing.kind === 'already-failed') return { kind: standing.kind };
  const found = await userOf(subject, login, signal);
  if (found.kind !== 'ok' && found.kind !== 'refused' && found.kind !== 'unseen')
    return scrubbed(found, null);

  const isOurs =
    found.kind === 'ok' &&
    adoptionOf(existing(subject, found.body), wanted(subject, login), 'never').kind === 'own';
  if (!isOurs) {
    if (standing.kind === 'referenced')
      return { kind: ageMs < subject.okta.longestCallMs ? 'undecided' : 'already-migrated' };
    const { markerAttribute } = subject.installation.config;
    const isUnreadable = found.kind === 'ok' && (await lacksAny(subject.okta, [markerAttribute], signal));
    return isUnreadable ? { kind: 'misconfigured', cause: 'attribute', error: null } : null;
  }
  subject.answered();
  const { id, profile } = found.body;
  // The note may be of an attempt that found it there, of who had left the group.
  const outside = standing.kind === 'wanted' ? await join(subject, standing.person, id, signal) : null;
  if (outside) return kept(outside);
  const email = typeof profile.email === 'string' ? profile.email : profile.login;
  return recordNew(subject, { email }, { kind: 'adopted', oktaId: oktaUserId(id), error: null });
}

/** `refused`: there is none. `unseen`: there may be one that cannot be found yet. */
async function userOf(
  { okta, lane }: PersonSubject,
  login: string,
  signal: AbortSignal,
): Promise<Reply<OktaUser> | { kind: 'unseen' }> {
  if (!login.includes('/'))
    return okta.getUser(await okta.turn('user-read', { lane, signal }), login, signal);
  const found = await okta.searchUser(await okta.turn('users', { lane, signal }), login, signal);
  if (found.kind !== 'ok') return found;
  const [body] = found.body;
  return body ? { kind: 'ok', body } : { kind: 'unseen' };
}

function existing({ installation }: PersonSubject, { profile, ...user }: OktaUser): ExistingUser {
  const marker = profile[installation.config.markerAttribute];
  return { ...user, login: profile.login, marker: typeof marker === 'string' ? marker : null };
}

const wanted = ({ installation, kind, id }: PersonSubject, login: string) => ({
  installation: installation.config.name,
  kind,
  id,
  login,
});

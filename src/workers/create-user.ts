import { mappingOf } from '../config/mapping.ts';
import type { Creation } from '../db/creations.ts';
import { oktaUserId } from '../domain/ids.ts';
import { type Outcome, verdicts } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type OktaProfile, toOktaProfile } from '../domain/profile.ts';
import { adopt, recover } from './adopt.ts';
import { type PersonSubject, personOf } from './person.ts';
import type { Process } from './process.ts';
import { record, recordNew, scrubbed } from './record.ts';

/** Okta, Error codes: what was sent is not valid, an existing login among many other reasons. */
const INVALID = 'E0000001';

/** Creates one person in Okta, not activated, and writes the references that are missing. */
export const createUser: Process = async (anySubject, signal) => {
  const subject = personOf(anySubject);
  const { note, okta } = subject;
  const earlier = await note.find();
  const recovered = earlier && (await recover(subject, earlier, signal));
  if (recovered) return recovered;
  const decided = (found: Wanted | Outcome) => (earlier ? unlessUnderWay(okta, earlier, found) : found);

  const before = decided(await withoutOkta(subject));
  if (before.kind !== 'wanted') return before;
  const turn = await okta.turn('users', { lane: subject.lane, signal });
  // Another worker has begun meanwhile: nobody else may know of the user whom it creates.
  if (!(await note.write(before.profile.login))) return { kind: 'undecided' };
  // The turn may have been minutes away: who is done, held, changed or gone by now is not created as of then. From the
  // note on nobody else carries anybody over.
  const wanted = decided(await withoutOkta(subject));
  if (wanted.kind !== 'wanted') {
    if (!earlier) await note.delete(); // nobody was asked for
    return wanted;
  }
  const { login } = wanted.profile;
  if (login !== before.profile.login && !(await note.write(login))) return { kind: 'undecided' };
  return create(subject, { ...wanted, isFirst: earlier === null }, turn, signal);
};

/**
 * Another worker's call may still be under way with an earlier login. Only a creation with the same one meets that user;
 * for any other end it is too early.
 */
function unlessUnderWay(
  okta: PersonSubject['okta'],
  earlier: Creation,
  found: Wanted | Outcome,
): Wanted | Outcome {
  if (earlier.ageMs >= okta.longestCallMs) return found;
  const meets = found.kind === 'wanted' && found.profile.login === earlier.login;
  const leaves = found.kind === 'wanted' || verdicts[found.kind].note === 'delete';
  return leaves && !meets ? { kind: 'undecided' } : found;
}

/** Whom only Okta can carry over. */
interface Wanted {
  kind: 'wanted';
  person: Person;
  profile: OktaProfile;
}

/** Does what needs no call, which is all there is to do for many. */
async function withoutOkta(subject: PersonSubject): Promise<Wanted | Outcome> {
  const standing = await subject.look();
  switch (standing.kind) {
    case 'not-running':
    case 'already-failed':
    case 'gone':
    case 'skipped':
      return { kind: standing.kind };
    case 'referenced':
      return { kind: 'already-migrated' };
    case 'misreferenced':
      return { kind: 'unusable', code: 'reference_invalid' };
    case 'wanted':
      break;
  }
  const { person, oktaId } = standing;
  // Referenced from another portal: one Okta user for each person, one reference for each portal.
  if (oktaId) return record(subject, { kind: 'migrated', oktaId }, { kind: 'gone' });

  const mapped = toOktaProfile(person, mappingOf(subject.installation.config, subject.kind));
  return mapped.kind === 'unusable' ? mapped : { kind: 'wanted', person, profile: mapped.profile };
}

async function create(
  subject: PersonSubject,
  { person, profile, isFirst }: Wanted & { isFirst: boolean },
  turn: Parameters<PersonSubject['okta']['createUser']>[0],
  signal: AbortSignal,
): Promise<Outcome> {
  const reply = await subject.okta.createUser(turn, profile, [subject.installation.config.groupId], signal);
  if (reply.kind !== 'throttled') subject.answered();
  else if (isFirst) await subject.note.delete(); // nobody was created, by this call or by an earlier one
  if (reply.kind === 'ok')
    return recordNew(subject, person, { kind: 'migrated', oktaId: oktaUserId(reply.body.id) });
  const outcome = scrubbed(reply, person);
  if (outcome.kind !== 'refused') return outcome;
  if (outcome.error.status === 404) return { kind: 'misconfigured', cause: 'group', error: outcome.error };
  return outcome.error.code === INVALID ? adopt(subject, person, profile, outcome, signal) : outcome;
}

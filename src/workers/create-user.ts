import { adoptionOf } from '../domain/adoption.ts';
import { type OktaUserId, oktaUserId } from '../domain/ids.ts';
import type { OktaError, Outcome } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { toOktaProfile } from '../domain/profile.ts';
import { scrub } from '../domain/scrub.ts';
import type { Process, Subject } from './process.ts';

/** Okta, Error codes: what was sent is not valid, an existing login among many other reasons. */
const INVALID = 'E0000001';

/** Creates one person in Okta, not activated, and writes the references that are missing. */
export const createUser: Process = async (subject, signal) => {
  const standing = await subject.source.find(subject.id, subject.selection);
  switch (standing.kind) {
    case 'gone':
    case 'skipped':
      return standing;
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

  const { name: installation, login, markerAttribute, groupId } = subject.installation.config;
  const mapped = toOktaProfile(person, subject.kind, { installation, login, markerAttribute });
  if (mapped.kind === 'unusable') return mapped;
  const reply = await subject.okta.createUser(mapped.profile, [groupId], signal);
  if (reply.kind === 'ok')
    return recordNew(subject, person, { kind: 'migrated', oktaId: oktaUserId(reply.body.id) });
  const outcome = scrubbed(reply, person);
  if (outcome.kind !== 'refused') return outcome;
  if (outcome.error.status === 404) return { kind: 'misconfigured', cause: 'group', error: outcome.error };
  return outcome.error.code === INVALID
    ? adopt(subject, person, mapped.profile.login, outcome, signal)
    : outcome;
};

/** Looks whose user it is that Okta would not create: our own, from an attempt whose end nobody saw, or another's. */
async function adopt(
  subject: Subject,
  person: Person,
  login: string,
  refusal: Extract<Outcome, { kind: 'refused' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { okta, kind, id } = subject;
  const { name: installation, markerAttribute, adoptExisting, groupId } = subject.installation.config;
  const found = await okta.getUser(login, signal);
  if (found.kind === 'refused') return refusal; // no such user: what was sent was wrong
  if (found.kind !== 'ok') return scrubbed(found, person);

  const { profile, ...user } = found.body;
  const marker = profile[markerAttribute];
  const existing = { ...user, login: profile.login, marker: typeof marker === 'string' ? marker : null };
  const adoption = adoptionOf(existing, { installation, kind, id, login }, adoptExisting);
  switch (adoption.kind) {
    case 'unrelated':
      return refusal;
    case 'taken':
      return { kind: 'taken', owner: adoption.owner, error: refusal.error };
    case 'allowed': {
      // A reference says: in Okta, and in the group.
      const added = await okta.addToGroup(groupId, user.id, signal);
      if (added.kind !== 'ok') return scrubbed(added, person);
      break;
    }
    case 'own':
      break;
  }
  return recordNew(subject, person, { kind: 'adopted', oktaId: oktaUserId(user.id), error: refusal.error });
}

/** Writes the references to a user that is in the group for this person's sake; nobody may be forgotten there. */
async function recordNew(subject: Subject, person: Person, done: Created): Promise<Outcome> {
  const { oktaId } = done;
  const outcome = await record(subject, done, { kind: 'orphaned', oktaId });
  if (outcome.kind !== 'orphaned') return outcome;
  return (await subject.source.queueUnassignment(person, oktaId)) ? { kind: 'gone' } : outcome;
}

async function record(subject: Subject, done: Created, gone: Outcome): Promise<Outcome> {
  const { source, id, selection } = subject;
  return (await source.recordReferences(id, done.oktaId, selection)) ? done : gone;
}

type Created = Extract<Outcome, { oktaId: OktaUserId }>;

/** Okta's text may quote what was sent. */
function scrubbed<T extends { error: OktaError }>(reply: T, person: Person): T {
  return { ...reply, error: { ...reply.error, text: scrub(reply.error.text, person) } };
}

import { type OktaUserId, oktaUserId } from '../domain/ids.ts';
import type { OktaError, Outcome } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { type OktaProfile, toOktaProfile } from '../domain/profile.ts';
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

  const { name, login, groupId } = subject.installation.config;
  const mapped = toOktaProfile(person, subject.kind, login, name);
  if (mapped.kind === 'unusable') return mapped;
  const reply = await subject.okta.createUser(mapped.profile, [groupId], signal);
  if (reply.kind === 'ok') return recordNew(subject, { kind: 'migrated', oktaId: oktaUserId(reply.body.id) });
  const outcome = scrubbed(reply, person);
  if (outcome.kind !== 'refused') return outcome;
  if (outcome.error.status === 404) return { ...outcome, kind: 'misconfigured' }; // no such group
  return outcome.error.code === INVALID ? adoptOwn(subject, mapped.profile, outcome, signal) : outcome;
};

/** Looks whether the user that Okta would not create is our own, from an attempt whose end nobody saw. */
async function adoptOwn(
  subject: Subject,
  { login, employeeNumber: marker }: OktaProfile,
  refusal: Extract<Outcome, { kind: 'refused' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = await subject.okta.getUser(login, signal);
  if (found.kind === 'refused') return refusal; // no such user: what was sent was wrong
  if (found.kind !== 'ok') return scrubbed(found, null);
  const { id, status, profile } = found.body;
  if (profile.employeeNumber !== marker || status === 'DEPROVISIONED') return refusal;
  return recordNew(subject, { kind: 'adopted', oktaId: oktaUserId(id), error: refusal.error });
}

/** Writes the references to a user that Okta has only for this person's sake. */
function recordNew(subject: Subject, done: Created): Promise<Outcome> {
  return record(subject, done, { kind: 'orphaned', oktaId: done.oktaId });
}

async function record(subject: Subject, done: Created, gone: Outcome): Promise<Outcome> {
  const { source, id, selection } = subject;
  return (await source.recordReferences(id, done.oktaId, selection)) ? done : gone;
}

type Created = Extract<Outcome, { oktaId: OktaUserId }>;

/** Okta's text may quote what was sent. */
function scrubbed<T extends { error: OktaError }>(reply: T, person: Person | null): T {
  return { ...reply, error: { ...reply.error, text: scrub(reply.error.text, person) } };
}

import { type OktaUserId, oktaUserId } from '../domain/ids.ts';
import type { Outcome } from '../domain/outcome.ts';
import { toOktaProfile } from '../domain/profile.ts';
import { scrub } from '../domain/scrub.ts';
import type { Process, Subject } from './process.ts';

/** Creates one person in Okta, not activated, and writes the references that are missing. */
export const createUser: Process = async (subject, signal) => {
  const standing = await subject.source.find(subject.id, subject.selection);
  switch (standing.kind) {
    case 'gone':
    case 'skipped':
      return standing;
    case 'referenced':
      return { kind: 'already-migrated' };
    case 'wanted':
      break;
  }
  // Referenced from another portal: one Okta user for each person, one reference for each portal.
  if (standing.oktaId) return record(subject, standing.oktaId, { kind: 'gone' });

  const { name, login, groupId } = subject.installation.config;
  const mapped = toOktaProfile(standing.person, login, name);
  if (mapped.kind === 'unusable') return mapped;

  const reply = await subject.okta.createUser(mapped.profile, [groupId], signal);
  if (reply.kind !== 'ok') {
    return { ...reply, error: { ...reply.error, text: scrub(reply.error.text, standing.person) } };
  }
  const oktaId = oktaUserId(reply.body.id);
  return record(subject, oktaId, { kind: 'orphaned', oktaId });
};

async function record(
  { source, id, selection }: Subject,
  oktaId: OktaUserId,
  otherwise: Outcome,
): Promise<Outcome> {
  return (await source.recordReferences(id, oktaId, selection)) ? { kind: 'migrated', oktaId } : otherwise;
}

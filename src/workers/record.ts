import type { OktaUserId } from '../domain/ids.ts';
import type { OktaError, Outcome } from '../domain/outcome.ts';
import type { Person } from '../domain/person.ts';
import { scrub } from '../domain/scrub.ts';
import type { PersonSubject } from './person.ts';

type Done = Extract<Outcome, { oktaId: OktaUserId }>;

/** Writes the references that are missing; `gone` when the person is. */
export async function record(
  { source, id, selection }: PersonSubject,
  done: Done,
  gone: Outcome,
): Promise<Outcome> {
  return (await source.recordReferences(id, done.oktaId, selection)) ? done : gone;
}

/** The same for a user who is in the group for this person's sake; nobody may be forgotten there. */
export async function recordNew(
  subject: PersonSubject,
  { email }: Pick<Person, 'email'>,
  done: Done,
): Promise<Outcome> {
  const { oktaId } = done;
  const outcome = await record(subject, done, { kind: 'orphaned', oktaId });
  if (outcome.kind !== 'orphaned') return outcome;
  return (await subject.source.queueUnassignment(subject.id, email, oktaId)) ? { kind: 'gone' } : outcome;
}

/** Okta's text may quote what was sent. */
export function scrubbed<T extends { error: OktaError }>(reply: T, person: Person | null): T {
  return { ...reply, error: { ...reply.error, text: scrub(reply.error.text, person) } };
}

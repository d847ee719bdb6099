import type { OktaUserId, SubjectId } from './ids.ts';

/** A row of the installation, as far as Okta needs it. Never logged, never put into Redis. */
export interface Person {
  id: SubjectId;
  email: string;
  firstName: string;
  lastName: string;
  /** What more the profile is made of, by the names of its columns; empty where there is nothing. */
  extra: Readonly<Record<string, string>>;
}

/** What the installation's database says of one subject at this moment. */
export type Standing =
  | { kind: 'gone' }
  | { kind: 'skipped' }
  | { kind: 'referenced' }
  /** A reference that is there holds something else than an Okta id. */
  | { kind: 'misreferenced' }
  /** Some reference is missing; `oktaId` is known when the person is referenced from another portal. */
  | { kind: 'wanted'; person: Person; oktaId: OktaUserId | null };

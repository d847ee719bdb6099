import type { CreationNote } from '../db/creations.ts';
import type { SubjectStanding } from '../db/failures.ts';
import type { Database } from '../db/pool.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Installation } from '../efs/installation.ts';
import type { Lane } from '../limiter/limiter.ts';
import type { OktaClient } from '../okta/client.ts';

/** What one attempt at one subject works with. */
export interface Subject {
  id: SubjectId;
  migration: Pick<Migration, 'id' | 'operation' | 'selection' | 'options' | 'createdAt'>;
  installation: Installation;
  /** Portage's own database. */
  db: Database;
  okta: OktaClient;
  /** In which its turns are taken. */
  lane: Lane;
  /** Whether the migration still wants it, at this moment. */
  standing(): Promise<SubjectStanding>;
  note: CreationNote;
  /** To be told as soon as Okta has answered to what the attempt is about: the answer counts among all of a migration's. */
  answered(): void;
}

/**
 * One attempt at one subject. Must be safe to run any number of times, and after a death at any point.
 * Throws only what nobody expects; an abort by the signal rejects with its reason.
 */
export type Process = (subject: Subject, signal: AbortSignal) => Promise<Outcome>;

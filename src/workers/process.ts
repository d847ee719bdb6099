import type { CreationNote } from '../db/creations.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { SubjectKind } from '../domain/operations.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Standing } from '../domain/person.ts';
import type { Selection } from '../domain/selection.ts';
import type { Installation } from '../efs/installation.ts';
import type { Source } from '../efs/source.ts';
import type { Lane } from '../limiter/limiter.ts';
import type { OktaClient } from '../okta/client.ts';

/** What one attempt at one subject works with. */
export interface Subject {
  id: SubjectId;
  kind: SubjectKind;
  selection: Selection;
  installation: Installation;
  source: Source;
  okta: OktaClient;
  /** In which its turns are taken. */
  lane: Lane;
  /** How the subject stands at this moment, in the migration and in EFS. */
  look(): Promise<Standing | { kind: 'not-running' | 'already-failed' }>;
  note: CreationNote;
  /** To be told as soon as Okta has answered to what the attempt is about: the answer counts among all of a migration's. */
  answered(): void;
}

/**
 * One attempt at one subject. Must be safe to run any number of times, and after a death at any point.
 * Throws only what nobody expects; an abort by the signal rejects with its reason.
 */
export type Process = (subject: Subject, signal: AbortSignal) => Promise<Outcome>;

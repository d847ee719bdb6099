import type { SubjectId } from '../domain/ids.ts';
import type { SubjectKind } from '../domain/operations.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Selection } from '../domain/selection.ts';
import type { Installation } from '../efs/installation.ts';
import type { Source } from '../efs/source.ts';
import type { OktaClient } from '../okta/client.ts';

/** What one attempt at one subject works with. */
export interface Subject {
  id: SubjectId;
  kind: SubjectKind;
  selection: Selection;
  installation: Installation;
  source: Source;
  okta: OktaClient;
}

/**
 * One attempt at one subject. Must be safe to run any number of times, and after a death at any point.
 * Throws only what nobody expects; an abort by the signal rejects with its reason.
 */
export type Process = (subject: Subject, signal: AbortSignal) => Promise<Outcome>;

import type { SubjectStanding } from '../db/failures.ts';
import { operations, type PersonKind } from '../domain/operations.ts';
import type { Standing } from '../domain/person.ts';
import type { Selection } from '../domain/selection.ts';
import type { Source } from '../efs/source.ts';
import type { Subject } from './process.ts';

/** A subject that is a person. */
export interface PersonSubject extends Subject {
  kind: PersonKind;
  selection: Selection;
  source: Source;
  /** How the person stands at this moment, in the migration and in EFS. */
  look(): Promise<Standing | Exclude<SubjectStanding, { kind: 'open' }>>;
}

/** Of the installation's people, or of those whom Okta has. */
export function personOf(subject: Subject, sources = subject.installation.sources): PersonSubject {
  const { id, migration } = subject;
  const { selection, operation } = migration;
  const kind = operations[operation].subject;
  const source = kind !== 'portal' && sources[kind];
  if (kind === 'portal' || !source) throw new Error(`Bug: ${operation} has no people`);
  return {
    ...subject,
    kind,
    selection,
    source,
    async look() {
      const standing = await subject.standing();
      return standing.kind === 'open' ? source.find(id, selection) : standing;
    },
  };
}

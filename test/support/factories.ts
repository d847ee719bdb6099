import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import type { Cursor, Migration } from '../../src/domain/migration.ts';
import type { OktaError } from '../../src/domain/outcome.ts';
import type { Person } from '../../src/domain/person.ts';

/** Domain values with everything filled in; a test names what it is about. */
export function aPerson(values: Partial<Person> = {}): Person {
  return {
    id: 7 as SubjectId,
    email: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Byron',
    extra: {},
    ...values,
  };
}

export function anOktaError(values: Partial<OktaError> = {}): OktaError {
  return { status: 400, code: 'E0000001', text: 'Api validation failed', requestId: 'req1', ...values };
}

export function aCursor(values: Partial<Cursor> = {}): Cursor {
  return { pass: 1, afterId: 0, found: 0, throughId: null, restingSince: null, ...values };
}

export function aMigration(values: Partial<Migration> = {}): Migration {
  return {
    id: 1 as MigrationId,
    installation: 'werk',
    operation: 'create-panelists',
    selection: {},
    options: {},
    state: 'running',
    heldCause: null,
    heldReason: null,
    looks: 0,
    cursor: aCursor(),
    counts: null,
    samples: [],
    createdAt: new Date(0),
    createdBy: null,
    finishedAt: null,
    ...values,
  };
}

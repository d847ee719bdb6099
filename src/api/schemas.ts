import { type Static, Type } from 'typebox';
import { migrationStates } from '../domain/migration.ts';
import { operationNames } from '../domain/operations.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: 'date-time' });

export const Selection = Type.Object(
  {
    portal: Type.Optional(Type.Integer({ minimum: 0, description: 'Only the panelists of this portal.' })),
    ids: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1 }), {
        minItems: 1,
        maxItems: 10_000,
        description: 'Only these people.',
      }),
    ),
    first: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Only the first so many eligible people, by id.' }),
    ),
  },
  closed,
);

export const NewMigration = Type.Object(
  {
    installation: Type.String({ minLength: 1 }),
    operation: Type.Enum(operationNames),
    selection: Type.Optional(Selection),
  },
  closed,
);
export type NewMigration = Static<typeof NewMigration>;

const Estimate = Type.Object({
  people: Count,
  seconds: Count,
  perMinute: Count,
  source: Type.Enum(['seen', 'configured']),
  text: Type.String({ examples: ['about 27 h 47 min at 600 a minute, as configured'] }),
});

export const Migration = Type.Object(
  {
    id: Type.Integer(),
    installation: Type.String(),
    operation: Type.Enum(operationNames),
    selection: Selection,
    state: Type.Enum([...migrationStates]),
    createdAt: Time,
    finishedAt: Nullable(Time),
    counts: Nullable(
      Type.Object(
        { eligible: Count, referenced: Count, failed: Count, remaining: Count, skipped: Count, at: Time },
        { description: 'People. Stored, not counted for this request: at says when.' },
      ),
    ),
    ratePerMinute: Nullable(Count),
    etaSeconds: Nullable(Count),
    wait: Nullable(
      Type.Object(
        { code: Type.String(), message: Type.String() },
        { description: 'Why it is not going faster; null when it is finished.' },
      ),
    ),
  },
  { $id: 'Migration' },
);
export type Migration = Static<typeof Migration>;

export const StartedMigration = Type.Object(
  { ...Migration.properties, estimate: Nullable(Estimate) },
  { $id: 'StartedMigration' },
);

export const MigrationList = Type.Object({
  migrations: Type.Array(Migration),
  next: Nullable(Type.String({ description: 'Address of the next page.' })),
});

export const FailureList = Type.Object({
  failures: Type.Array(
    Type.Object({
      subjectId: Type.Integer({ description: 'uid in the installation' }),
      code: Type.String(),
      message: Type.String({ description: 'What happened and what to do next.' }),
      okta: Nullable(
        Type.Object({
          status: Type.Integer({ description: '0: no answer at all' }),
          code: Type.String(),
          text: Type.String(),
          requestId: Nullable(Type.String({ description: 'X-Okta-Request-Id' })),
        }),
      ),
      at: Time,
    }),
  ),
  next: Nullable(Type.String({ description: 'Address of the next page.' })),
});

export const MigrationParams = Type.Object({ id: Type.Integer({ minimum: 1 }) });
export const Limit = Type.Integer({ minimum: 1, maximum: 1_000, default: 100 });

import { type Static, Type } from 'typebox';
import { holdCauses } from '../domain/hold.ts';
import { migrationStates } from '../domain/migration.ts';
import { operationNames } from '../domain/operations.ts';
import { confirmations } from '../domain/options.ts';
import { type SkipReason, skipReasonNames, skipReasons } from '../domain/skip.ts';
import { Allowance, exampleAllowance } from './allowance-schemas.ts';
import { Problem } from './problem.ts';
import { Count, closed, Nullable, Time } from './schema-parts.ts';

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Next = Nullable(Type.String({ description: 'Address of the next page; null on the last one.' }));

export const Selection = Type.Object(
  {
    portal: Type.Optional({ ...Id, description: 'Only the panelists of this portal, or itself.' }),
    ids: Type.Optional(
      Type.Array(Id, { minItems: 1, maxItems: 10_000, description: 'Only these people or portals, by id.' }),
    ),
    first: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Only the first so many who are eligible, by id.' }),
    ),
  },
  { ...closed, description: 'Part of an installation; everybody without it.' },
);

const Positive = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description }));

export const Options = Type.Object(
  {
    olderThanDays: Positive('Only people whose last mail is older.'),
    mailsPerMinute: Positive('At most so many mails in any 60 seconds.'),
    mailsPerDay: Positive('At most so many mails in any 24 hours.'),
    confirm: Type.Optional(
      Type.Array(Type.Enum([...confirmations]), {
        maxItems: confirmations.length,
        uniqueItems: true,
        description: 'What is to be done although it can do harm.',
      }),
    ),
  },
  { ...closed, description: 'How it is to be done. Each operation knows some of them.' },
);

export const NewMigration = Type.Object(
  {
    installation: Type.String({ description: 'Name in the configuration.' }),
    operation: Type.Enum(operationNames),
    selection: Type.Optional(Selection),
    options: Type.Optional(Options),
  },
  {
    ...closed,
    examples: [{ installation: 'acme', operation: 'create-panelists', selection: { first: 100 } }],
  },
);
export type NewMigration = Static<typeof NewMigration>;

export const SkippedBy = Type.Partial(
  Type.Object(
    Object.fromEntries(skipReasonNames.map((reason) => [reason, Count])) as Record<SkipReason, typeof Count>,
  ),
  { description: 'By the rule that leaves them out, the first of several.' },
);

const migration = {
  id: Type.Integer(),
  installation: Type.String(),
  operation: Type.Enum(operationNames),
  selection: Selection,
  options: Options,
  state: Type.Enum([...migrationStates]),
  heldCause: Nullable(
    Type.Enum([...holdCauses], { description: 'Stable; made for programs. wait tells people what to do.' }),
  ),
  createdAt: Time,
  createdBy: Nullable(Type.String({ description: 'Name of the API key.' })),
  finishedAt: Nullable(Time),
  counts: Nullable(
    Type.Object(
      {
        eligible: Type.Integer({ minimum: 0, description: 'done + failed + remaining.' }),
        done: Count,
        failed: Count,
        remaining: Count,
        skipped: Type.Integer({ minimum: 0, description: 'Left out by a rule; not part of eligible.' }),
        skippedBy: SkippedBy,
        at: Time,
      },
      { description: 'People or portals. Stored, not counted for this request: at says when.' },
    ),
  ),
  ratePerMinute: Nullable(
    Type.Integer({
      minimum: 0,
      description: 'People or portals a minute, over the last minute; null: not known.',
    }),
  ),
  etaSeconds: Nullable(
    Type.Integer({
      minimum: 0,
      description: 'Seconds until the last is through at this rate; null: not known yet.',
    }),
  ),
  wait: Nullable(
    Type.Object(
      {
        code: Type.String({ description: 'Stable; made for programs: docs/migrating.md lists them.' }),
        message: Type.String({ description: 'For people.' }),
      },
      { description: 'Why it is not going faster; null when it is finished.' },
    ),
  ),
};

const runningMigration = {
  id: 7,
  installation: 'acme',
  operation: 'create-panelists',
  selection: {},
  options: {},
  state: 'running',
  heldCause: null,
  createdAt: '2026-01-31T20:00:00.000Z',
  createdBy: 'support',
  finishedAt: null,
  counts: {
    eligible: 1_000_000,
    done: 411_998,
    failed: 2,
    remaining: 588_000,
    skipped: 1_200,
    skippedBy: { status: 1_150, no_portal: 50 },
    at: '2026-02-01T07:27:00.000Z',
  },
  ratePerMinute: 600,
  etaSeconds: 58_800,
  wait: { code: 'pace', message: '600 calls a minute, as configured' },
};

export const Migration = Type.Object(migration, {
  $id: 'Migration',
  description: 'A migration.',
  examples: [runningMigration],
});
export type Migration = Static<typeof Migration>;

export const Estimate = Type.Object(
  {
    people: Type.Integer({ minimum: 0, description: 'People or portals that remain.' }),
    seconds: Count,
    perMinute: Type.Integer({
      minimum: 0,
      description: 'Calls a minute; with source asked, mails a minute.',
    }),
    source: Type.Enum(['seen', 'configured', 'asked'], {
      description:
        'Whether Okta itself has stated the pace lately, or only the configuration; asked: mails go out slower than that.',
    }),
    text: Type.String({ description: 'For people.' }),
  },
  { description: 'How long it may take; null when the installation cannot be asked now.' },
);

export const StartedMigration = Type.Object(
  { ...migration, estimate: Nullable(Estimate) },
  {
    $id: 'StartedMigration',
    description: 'A migration and how long it may take.',
    examples: [
      {
        ...runningMigration,
        counts: { ...runningMigration.counts, done: 0, failed: 0, remaining: 1_000_000 },
        ratePerMinute: null,
        etaSeconds: null,
        estimate: {
          people: 1_000_000,
          seconds: 100_000,
          perMinute: 600,
          source: 'configured',
          text: 'about 27 h 46 min at 600 a minute, as configured',
        },
      },
    ],
  },
);

export const Resume = Type.Object(
  {
    acceptRefusals: Type.Optional(
      Type.Boolean({
        description:
          'Whoever is refused is to fail, however many they are; refusals no longer hold this migration.',
      }),
    ),
  },
  closed,
);

export const Retry = Type.Object(
  {
    code: Type.Optional(
      Type.String({ pattern: '^[a-z_]{1,32}$', description: 'Only failures of this code.' }),
    ),
    ids: Type.Optional(
      Type.Array(Id, {
        minItems: 1,
        maxItems: 10_000,
        description: 'Only failures of these people or portals, by id.',
      }),
    ),
  },
  { ...closed, description: 'Some of the failures; all without it.', examples: [{ code: 'mail_missing' }] },
);
export type Retry = Static<typeof Retry>;

/** What other schemas refer to, by name. */
export const shared = { Problem, Migration, StartedMigration, Allowance };

export const ref = <Name extends keyof typeof shared>(name: Name) =>
  Type.Unsafe<Static<(typeof shared)[Name]>>({ $ref: `${name}#` });

export const MigrationList = Type.Object(
  { migrations: Type.Array(ref('Migration')), next: Next },
  {
    description: 'A page of migrations.',
    examples: [{ migrations: [runningMigration], next: '/v1/migrations?before=7&limit=1' }],
  },
);

export const AllowanceList = Type.Object(
  { allowances: Type.Array(ref('Allowance')) },
  {
    description: 'Every bucket of every org.',
    examples: [{ allowances: [exampleAllowance] }],
  },
);

export const Retried = Type.Object(
  {
    qualified: Type.Integer({ minimum: 0, description: 'People who had failed and are offered again.' }),
    migration: ref('Migration'),
  },
  {
    description: 'How many are offered again; 0: nothing was changed.',
    examples: [{ qualified: 2, migration: runningMigration }],
  },
);

export const FailureList = Type.Object(
  {
    failures: Type.Array(
      Type.Object({
        subjectId: Type.Integer({ description: 'Id of the person or portal in the installation.' }),
        code: Type.String({ description: 'Stable; made for programs.' }),
        message: Type.String({ description: 'What happened and what to do next.' }),
        okta: Nullable(
          Type.Object({
            status: Type.Integer({ description: '0: no answer at all' }),
            code: Type.String({ description: "Okta's errorCode; the network's when there was no answer." }),
            text: Type.String({ description: "Okta's summary and causes, without personal data." }),
            requestId: Nullable(Type.String({ description: 'X-Okta-Request-Id' })),
          }),
        ),
        at: Time,
      }),
    ),
    next: Next,
  },
  {
    description: 'A page of failures.',
    examples: [
      {
        failures: [
          {
            subjectId: 4711,
            code: 'mail_missing',
            message: 'Has no mail address, which Okta needs. Enter one in EFS, then offer the row again.',
            okta: null,
            at: '2026-01-31T20:03:11.000Z',
          },
        ],
        next: null,
      },
    ],
  },
);

export const Skipped = Type.Object(
  {
    at: Type.Union([Time, Type.Null()], { description: 'When they were counted; null: not yet.' }),
    reasons: Type.Array(
      Type.Object({
        reason: Type.Enum(skipReasonNames),
        message: Type.String({ description: 'What the rule is.' }),
        count: Count,
      }),
    ),
    ids: Nullable(
      Type.Array(Type.Integer(), {
        description: 'A page of who is left out for the reason that was asked for; null without one.',
      }),
    ),
    next: Next,
  },
  {
    description: 'Who is left out, and why.',
    examples: [
      {
        at: '2026-02-01T07:27:00.000Z',
        reasons: [{ reason: 'no_portal', message: skipReasons.no_portal, count: 2 }],
        ids: [4711, 4712],
        next: null,
      },
    ],
  },
);

export const MigrationParams = Type.Object({
  id: Type.Integer({ ...Id, description: 'Number of the migration.' }),
});
export const NoQuery = Type.Object({}, closed);

/** Rows of a page, unless the caller wants another number. */
export const PAGE = 100;

const Key = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description }));
const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 1_000, default: PAGE, description: 'At most so many on a page.' }),
);
export const Before = Type.Object({ before: Key('Only migrations of a lower number.'), limit }, closed);
export const After = Type.Object({ after: Key('Only those of a higher id.'), limit }, closed);
export const OfReason = Type.Object(
  {
    reason: Type.Optional(Type.Enum(skipReasonNames, { description: 'Whose ids are wanted.' })),
    after: Key('Only those of a higher id.'),
    limit,
  },
  closed,
);

import { type Static, Type } from 'typebox';
import { operationNames } from '../domain/operations.ts';
import { Allowance, exampleAllowance } from './allowance-schemas.ts';
import { Count, closed, Nullable } from './schema-parts.ts';
import { Estimate, Options, ref, Selection, SkippedBy } from './schemas.ts';

const estimate = { ...Estimate.properties };

const PreflightFinding = Type.Object({
  severity: Type.Enum(['error', 'warning', 'info'], {
    description: 'error: it would not run, or be held. warning: some would fail.',
  }),
  code: Type.String({ description: 'Stable; made for programs.' }),
  message: Type.String({ description: 'What was found and what to do about it.' }),
  count: Type.Optional(Count),
  examples: Type.Array(Type.Integer(), { description: 'Ids of the first of them.' }),
});

export const Preflight = Type.Object(
  {
    installation: Type.String(),
    operation: Type.Enum(operationNames),
    selection: Selection,
    options: Options,
    counts: Nullable(
      Type.Object(
        { eligible: Count, done: Count, remaining: Count, skipped: Count, skippedBy: SkippedBy },
        { description: 'People or portals, as of now; null: the installation cannot be read.' },
      ),
    ),
    expected: Nullable(
      Type.Object(
        {
          done: Count,
          failed: Count,
          failedBy: Type.Record(Type.String(), Count, { description: 'By the code of the failure.' }),
        },
        {
          description:
            'What would become of those who remain, as far as it is known; null: not told of this operation, or Okta does not say.',
        },
      ),
    ),
    calls: Type.Integer({ minimum: 0, description: "Calls of the operation's bucket." }),
    mails: Type.Integer({
      minimum: 0,
      description:
        'People who would get a mail, as far as Portage knows; who is mailed or active in Okta by other hands gets none.',
    }),
    findings: Type.Array(PreflightFinding, { description: 'The gravest first.' }),
    allowance: Nullable(Allowance),
    forecast: Nullable(
      Type.Object(
        {
          now: Type.Object(estimate, { description: 'With the allowance for itself.' }),
          beside: Nullable(
            Type.Object(
              { ...estimate, migrations: Type.Array(Type.Integer()) },
              { description: 'Beside the migrations that run on the same allowance; null: none does.' },
            ),
          ),
        },
        { description: 'How long it may take.' },
      ),
    ),
  },
  { description: 'What a migration would do. Nothing was written.' },
);
export type Preflight = Static<typeof Preflight>;

const example = {
  installation: 'acme',
  operation: 'create-panelists',
  selection: {},
  options: {},
  counts: {
    eligible: 1_000,
    done: 0,
    remaining: 1_000,
    skipped: 20,
    skippedBy: { status: 20 },
  },
  expected: { done: 998, failed: 2, failedBy: { mail_missing: 2 } },
  calls: 998,
  mails: 0,
  findings: [
    {
      severity: 'warning',
      code: 'mail_missing',
      message: 'Has no mail address, which Okta needs. Enter one in EFS, then offer the row again.',
      count: 2,
      examples: [4711, 4712],
    },
  ],
  allowance: exampleAllowance,
  forecast: {
    now: {
      people: 1_000,
      seconds: 143,
      perMinute: 420,
      source: 'seen',
      text: 'about 2 min 23 s at 420 a minute, as last seen from Okta',
    },
    beside: null,
  },
};

/** What POST /v1/migrations answers with 200: with dryRun a pre-flight, else the migration that is under way. */
export const StartedOrPreflight = Type.Union([ref('StartedMigration'), Preflight], {
  $id: 'StartedOrPreflight',
  description: 'With dryRun what it would do, else the migration that is under way already.',
  examples: [example],
});

/** Logins that Okta is asked for, unless the caller wants another number. */
export const SAMPLED = 25;

export const Start = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Boolean({
        description:
          'Only tell what it would do: counts, what was found, calls, mails, forecast. With Accept: text/csv, who would get a mail when.',
      }),
    ),
    sample: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 200,
        default: SAMPLED,
        description: 'For a dry run: so many of the logins at most are asked of Okta.',
      }),
    ),
  },
  closed,
);

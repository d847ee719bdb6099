import { type Static, Type } from 'typebox';
import { bucketNames } from '../domain/buckets.ts';
import { type KeepFree, sharePattern } from '../domain/keep-free.ts';
import { Count, closed, Nullable, Time } from './schema-parts.ts';

const CEILINGS = ['configured', 'okta', 'maximum', 'keep-free'] as const;
const CAUSES = [...CEILINGS, 'others', 'used-up', 'closed'] as const;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

const PerMinute = (description: string) => Type.Integer({ minimum: 0, description });

const Override = Type.Object(
  {
    keepFree: Type.Unsafe<KeepFree>({ type: ['integer', 'string'], description: 'As it was set.' }),
    expiresAt: Nullable(Type.String({ format: 'date-time', description: 'null: until it is set again.' })),
    setBy: Type.String({ description: 'Name of the API key.' }),
    setAt: Time,
  },
  { description: 'What an operator keeps free, in place of the configuration.' },
);

export const exampleAllowance = {
  org: 'acme',
  bucket: 'users',
  summary: '420 calls a minute: 180 are kept free for others',
  pace: { perMinute: 420, cause: 'keep-free' },
  ceiling: { perMinute: 420, from: 'keep-free' },
  configured: {
    perMinute: 600,
    maxPerMinute: 600,
    keepFree: 0,
    override: {
      keepFree: '30%',
      expiresAt: '2026-01-31T22:00:00.000Z',
      setBy: 'support',
      setAt: '2026-01-31T20:00:00.000Z',
    },
  },
  seenPerMinute: 600,
  othersPerMinute: 60,
  window: { usedByUs: 210, usedByOthers: 30, remaining: 360, endsInMs: 30_000 },
  inFlight: 4,
  waiting: 12,
  atOnce: { jobs: 40, most: 40, cause: 'configured' },
  closedForMs: 0,
  throttled: 0,
  crowded: 0,
};

export const Allowance = Type.Object(
  {
    org: Type.String({ description: 'Name in the configuration.' }),
    bucket: Type.String({ description: "One of Okta's rate-limit buckets." }),
    summary: Type.String({ description: 'Why the pace is what it is, for people.' }),
    pace: Type.Object(
      { perMinute: Count, cause: Type.Enum([...CAUSES]) },
      { description: 'Calls a minute at this moment, and why no more; 0 is shut.' },
    ),
    ceiling: Type.Object(
      { perMinute: Count, from: Type.Enum([...CEILINGS]) },
      { description: 'Calls a minute at most when nobody else spends any, and where that comes from.' },
    ),
    configured: Type.Object(
      {
        perMinute: PerMinute('The bucket as configured.'),
        maxPerMinute: PerMinute('Never more, whatever Okta allows.'),
        keepFree: PerMinute('Kept free for others, unless there is an override.'),
        override: Nullable(Override),
      },
      { description: 'Calls a minute.' },
    ),
    seenPerMinute: Nullable(PerMinute("By Okta's last answer; null without one in the last day.")),
    othersPerMinute: Nullable(
      PerMinute('What others spend, by the last windows; null when nothing is known.'),
    ),
    window: Nullable(
      Type.Object(
        { usedByUs: Count, usedByOthers: Count, remaining: Count, endsInMs: Count },
        {
          description:
            "Okta's window, in calls and milliseconds; null when no answer has told of one that goes on.",
        },
      ),
    ),
    inFlight: Type.Integer({ minimum: 0, description: 'Calls under way, in all processes.' }),
    waiting: Type.Integer({ minimum: 0, description: 'Who waits for a turn, in all processes.' }),
    atOnce: Nullable(
      Type.Object(
        { jobs: Count, most: Count, cause: Type.Enum(['configured', 'crowded', 'pace']) },
        {
          description:
            'Jobs that may be under way, in all processes: at this moment, and as configured. They are fewer while Okta refuses calls for being too many at once (crowded), and where the pace needs no more (pace). null: no jobs are of this bucket.',
        },
      ),
    ),
    closedForMs: Type.Integer({
      minimum: 0,
      description: 'How long it stays shut after a 429; 0: it is open.',
    }),
    throttled: Type.Integer({ minimum: 0, description: '429s for the rate, as long as Redis remembers.' }),
    crowded: Type.Integer({ minimum: 0, description: '429s for too many calls at once.' }),
  },
  {
    $id: 'Allowance',
    description: 'A bucket of an org, as the fleet shares it at this moment.',
    examples: [exampleAllowance],
  },
);
export type Allowance = Static<typeof Allowance>;

export const AllowanceParams = Type.Object({
  org: Type.String({ description: 'Name in the configuration.' }),
  bucket: Type.String({ description: `One of ${bucketNames.join(', ')}.` }),
});
export type AllowanceParams = Static<typeof AllowanceParams>;

export const AllowanceChange = Type.Object(
  {
    keepFree: Type.Unsafe<KeepFree | null>({
      type: ['integer', 'string', 'null'],
      minimum: 0,
      pattern: sharePattern,
      description:
        'For others: calls a minute, or a share of the bucket as configured. null: as configured again.',
    }),
    expiresInSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: YEAR_SECONDS,
        description: 'Then as configured again; without it, it holds until it is changed.',
      }),
    ),
  },
  { ...closed, examples: [{ keepFree: '30%', expiresInSeconds: 7_200 }] },
);
export type AllowanceChange = Static<typeof AllowanceChange>;

import { type Static, Type } from 'typebox';
import { MODULE_ACTIVE, settingKeyPattern } from '../domain/setting-keys.ts';
import { Count, closed, Nullable, Time } from './schema-parts.ts';

/** EFS' own column takes 65,535 bytes. */
const Value = Type.String({
  maxLength: 10_000,
  pattern: '^[^\\u0000]*$',
  description: `Of ${MODULE_ACTIVE} 0 or 1.`,
});
const Shown = Nullable(Type.String({ description: 'null: not set, or secret.' }));

const setting = {
  key: Type.String(),
  secret: Type.Boolean({ description: 'Its value is never shown.' }),
  set: Type.Boolean({ description: 'Whether it has a value.' }),
  value: Shown,
};

const Setting = Type.Object({
  ...setting,
  owner: Nullable(
    Type.Enum(['org', 'efs'], {
      description: 'Whether it changes with the Okta org, or is of EFS itself; null: not known to Portage.',
    }),
  ),
});
export type SettingView = Static<typeof Setting>;

const Change = Type.Object({
  was: Type.Object({ set: Type.Boolean(), value: Shown }),
  is: Type.Object({ set: Type.Boolean(), value: Shown }),
  outcome: Type.Enum(['begun', 'written', 'differs', 'failed'], {
    description: 'begun: its end was not seen. differs: another value was read back. failed: not written.',
  }),
  confirmed: Type.Array(Type.String(), { description: 'What was overridden.' }),
  by: Type.String({ description: 'Name of the API key.' }),
  at: Time,
});

const exampleSetting = { key: MODULE_ACTIVE, secret: false, set: true, value: '0', owner: 'efs' as const };
const exampleChange = {
  was: { set: true, value: '0' },
  is: { set: true, value: '1' },
  outcome: 'written',
  confirmed: ['incomplete'],
  by: 'support',
  at: '2026-02-01T07:27:00.000Z',
};

export const SettingList = Type.Object(
  { settings: Type.Array(Setting) },
  {
    description: 'The iam_ settings, by key.',
    examples: [
      {
        settings: [
          { key: 'iam_api_token', secret: true, set: true, value: null, owner: 'org' },
          exampleSetting,
        ],
      },
    ],
  },
);

export const SettingDetails = Type.Object(
  {
    ...Setting.properties,
    changes: Type.Array(Change, { description: 'The last 20 that Portage has made, the newest first.' }),
  },
  { description: 'A setting.', examples: [{ ...exampleSetting, value: '1', changes: [exampleChange] }] },
);
export type SettingDetails = Static<typeof SettingDetails>;

export const NewValue = Type.Object(
  {
    value: Value,
    confirm: Type.Optional(
      Type.Array(Type.Enum(['incomplete']), {
        uniqueItems: true,
        description: `incomplete: ${MODULE_ACTIVE} may be 1 although something is missing. It is on record.`,
      }),
    ),
  },
  { ...closed, examples: [{ value: '1' }] },
);
export type NewValue = Static<typeof NewValue>;

const ComparedSetting = Type.Object({
  key: Type.String(),
  owner: Setting.properties.owner,
  secret: Type.Boolean(),
  same: Type.Boolean(),
  here: Type.Object({ set: Type.Boolean(), value: Shown }, { description: 'In this installation.' }),
  there: Type.Object({ set: Type.Boolean(), value: Shown }, { description: 'In the other, or as given.' }),
});

export const SettingComparison = Type.Object(
  { settings: Type.Array(ComparedSetting) },
  {
    description: 'Every setting of either side, by key.',
    examples: [
      {
        settings: [
          {
            key: 'iam_user_group_id',
            owner: 'org',
            secret: false,
            same: false,
            here: { set: true, value: '00g1emaKYZTWRYYRRTSK' },
            there: { set: false, value: null },
          },
        ],
      },
    ],
  },
);
export type SettingComparison = Static<typeof SettingComparison>;

export const CompareWith = Type.Object(
  { with: Type.String({ description: 'Another installation.' }) },
  closed,
);

export const GivenSettings = Type.Object(
  { values: Type.Record(Type.String({ pattern: settingKeyPattern }), Value) },
  { ...closed, examples: [{ values: { iam_user_group_id: '00g1emaKYZTWRYYRRTSK' } }] },
);

export const TokenData = Type.Object(
  {
    rows: Count,
    bytes: Type.Integer({ minimum: 0, description: "On disk, by the server's statistics." }),
    createdAt: Nullable({ ...Time, description: 'When the table was created: no row is older.' }),
    lastWrittenAt: Nullable({
      ...Time,
      description: "By the server's statistics; null: not since it was started, or not known.",
    }),
  },
  {
    description: 'How much is in iam_token_data, and since when; no column of it has a time.',
    examples: [
      {
        rows: 1_200,
        bytes: 5_242_880,
        createdAt: '2026-01-05T09:00:00.000Z',
        lastWrittenAt: '2026-02-01T07:27:00.000Z',
      },
    ],
  },
);
export type TokenData = Static<typeof TokenData>;

export const Emptied = Type.Object(
  { deleted: Count },
  { description: 'How many rows were deleted.', examples: [{ deleted: 1_200 }] },
);

export const InstallationParams = Type.Object({
  name: Type.String({ description: 'Name in the configuration.' }),
});
export const SettingParams = Type.Object({
  name: Type.String({ description: 'Name in the configuration.' }),
  key: Type.String({ pattern: settingKeyPattern }),
});

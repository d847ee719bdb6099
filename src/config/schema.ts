import { type Static, Type } from 'typebox';
import { adoptionPolicies } from '../domain/adoption.ts';
import { bucketNames } from '../domain/buckets.ts';
import { type KeepFree, sharePattern } from '../domain/keep-free.ts';
import { transformNames } from '../domain/profile.ts';
import { settingKeyPattern } from '../domain/setting-keys.ts';

const closed = { additionalProperties: false } as const;

/** Names appear in addresses, Redis keys and lock names. */
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' });
const Identifier = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^`?\\u0000]+$' });
const FromEnvironment = Type.Object({ env: Type.String({ pattern: '^[A-Z][A-Z0-9_]*$' }) }, closed);
const MailDomain = Type.String({ pattern: '^[a-z0-9.-]+\\.[a-z]{2,}$' });

const PerMinute = Type.Integer({ minimum: 1, maximum: 1_000_000 });

const Allowance = Type.Object(
  {
    /** The bucket as configured: what is allowed until Okta has answered. */
    perMinute: Type.Optional(PerMinute),
    /** Never more, whatever Okta allows. */
    maxPerMinute: Type.Optional(PerMinute),
    keepFree: Type.Optional(
      Type.Unsafe<KeepFree>({ type: ['integer', 'string'], minimum: 0, pattern: sharePattern }),
    ),
  },
  closed,
);
export type AllowanceFile = Static<typeof Allowance>;

/** A service app of Okta's that asks for tokens by private_key_jwt. */
const OAuth = Type.Object(
  {
    clientId: Type.String({ minLength: 1, maxLength: 100 }),
    /** A private RSA or EC key, as a JWK or in PEM. */
    privateKey: FromEnvironment,
    keyId: Type.Optional(Type.String({ minLength: 1 })),
    scopes: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][A-Za-z.]*$' }), { minItems: 1 })),
    dpop: Type.Optional(Type.Boolean()),
    /** 32 bytes in Base64, to encrypt the fleet's token in Redis. */
    encryptionKey: FromEnvironment,
  },
  closed,
);

const Org = Type.Object(
  {
    baseUrl: Type.String({ pattern: '^https?://[^/]+$' }),
    /** One of the two. */
    credentials: Type.Object(
      { apiToken: Type.Optional(FromEnvironment), oauth: Type.Optional(OAuth) },
      closed,
    ),
    /** An HTTP proxy on the way to Okta. */
    proxy: Type.Optional(FromEnvironment),
    allowances: Type.Optional(
      Type.Partial(Type.Object(Object.fromEntries(bucketNames.map((name) => [name, Allowance]))), closed),
    ),
    /** How much longer one call may be on its way to Okta than another. */
    jitterMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    /** Jobs of one queue under way at once, in the whole fleet. */
    concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    /** How often one looks again at what holds migrations and may pass by itself. */
    probeSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600 })),
    /** How long an answer is waited for. */
    requestTimeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
    /** Okta's window is 60 s (Okta, Rate limits); a rehearsal may run on a shorter one. */
    windowSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
  },
  closed,
);

/** See `MappedAttribute`. Login and mail have settings of their own. */
const Profile = Type.Record(
  Type.String({ pattern: '^(?!(login|email)$)[A-Za-z][A-Za-z0-9_]{0,49}$' }),
  Type.Object(
    {
      column: Type.Optional(Identifier),
      concat: Type.Optional(Type.Array(Identifier, { minItems: 1, uniqueItems: true })),
      separator: Type.Optional(Type.String({ maxLength: 20 })),
      transforms: Type.Optional(Type.Array(Type.Enum([...transformNames]), { uniqueItems: true })),
      default: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    },
    closed,
  ),
  closed,
);

const personColumns = { id: Identifier, email: Identifier, firstName: Identifier, lastName: Identifier };

const Admins = Type.Object(
  {
    table: Identifier,
    columns: Type.Object({ ...personColumns, loginExpiresOn: Type.Optional(Identifier) }, closed),
    profile: Type.Optional(Profile),
    skip: Type.Optional(
      Type.Object(
        {
          expiredLogins: Type.Optional(Type.Boolean()),
          mailDomains: Type.Optional(Type.Array(MailDomain, { uniqueItems: true })),
        },
        closed,
      ),
    ),
  },
  closed,
);

const TinyInt = Type.Optional(Type.Integer({ minimum: -128, maximum: 127 }));

const Panelists = Type.Object(
  {
    table: Identifier,
    columns: Type.Object({ ...personColumns, status: Type.Optional(Identifier) }, closed),
    profile: Type.Optional(Profile),
    /** What `iam_portal_user_reference.status` holds for people who are in Okta, mailed, or active there. */
    referenceStatus: Type.Optional(
      Type.Object({ created: TinyInt, pending: TinyInt, active: TinyInt }, closed),
    ),
    skip: Type.Optional(
      Type.Object(
        {
          statuses: Type.Optional(Type.Array(Type.Integer(), { uniqueItems: true })),
          mailDomains: Type.Optional(Type.Array(MailDomain, { uniqueItems: true })),
        },
        closed,
      ),
    ),
  },
  closed,
);

const Template = Type.String({ minLength: 1, maxLength: 1_000 });
const SettingsRowKey = Type.String({ pattern: '^[A-Za-z0-9_.-]{1,50}$' });

/** The OIDC app that each portal gets. */
const PortalApp = Type.Object(
  {
    /** From `{customer}`, `{portal}`, `{portalId}` and `{installation}`. */
    label: Type.Optional(Template),
    /** From `{urlName}`, `{portalId}` and `{installation}`. */
    redirectUris: Type.Array(Template, { minItems: 1, uniqueItems: true }),
    postLogoutRedirectUris: Type.Optional(Type.Array(Template, { uniqueItems: true })),
    initiateLoginUri: Type.Optional(Template),
    grantTypes: Type.Optional(
      Type.Array(Type.Enum(['authorization_code', 'refresh_token']), { minItems: 1, uniqueItems: true }),
    ),
    /** The keys in `iam_portal_settings`; by naming `clientSecret` the apps are given a secret. */
    settings: Type.Optional(
      Type.Object(
        {
          clientId: Type.Optional(SettingsRowKey),
          appId: Type.Optional(SettingsRowKey),
          clientSecret: Type.Optional(SettingsRowKey),
        },
        closed,
      ),
    ),
  },
  closed,
);

const Portals = Type.Object(
  {
    table: Identifier,
    columns: Type.Object(
      {
        id: Identifier,
        name: Type.Optional(Identifier),
        urlName: Type.Optional(Identifier),
        online: Type.Optional(Identifier),
      },
      closed,
    ),
    skip: Type.Optional(Type.Object({ offline: Type.Optional(Type.Boolean()) }, closed)),
    app: Type.Optional(PortalApp),
  },
  closed,
);

/** The app of EFS itself, which is registered by hand. */
const EfsApp = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9A-Za-z]{20}$' }),
    redirectUris: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { uniqueItems: true })),
  },
  closed,
);

const Membership = Type.Object(
  { table: Identifier, columns: Type.Object({ portalId: Identifier, panelistId: Identifier }, closed) },
  closed,
);

/** A program and its first arguments; never run by a shell. */
const Program = Type.Array(Type.String({ pattern: '^[^\\u0000]*$' }), { minItems: 1, maxItems: 50 });

/** Where EFS keeps its iam_ settings. */
const SettingsFile = Type.Object(
  {
    table: Type.Optional(Identifier),
    columns: Type.Optional(
      Type.Object({ key: Type.Optional(Identifier), value: Type.Optional(Identifier) }, closed),
    ),
    /** What writes them instead, given key and value, and reads them, given a key; without `read` the table is read. */
    command: Type.Optional(
      Type.Object(
        {
          write: Program,
          read: Type.Optional(Program),
          timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
        },
        closed,
      ),
    ),
    /** Never shown, beside those that are secret by their names. */
    secretKeys: Type.Optional(Type.Array(Type.String({ pattern: settingKeyPattern }), { uniqueItems: true })),
  },
  closed,
);

const Installation = Type.Object(
  {
    database: FromEnvironment,
    org: Name,
    /** The Okta group that every person of this installation is created in. */
    groupId: Type.String({ pattern: '^[0-9A-Za-z]{20}$' }),
    /** Okta's login, from `{email}`, `{id}`, `{kind}` and `{installation}`; several installations may share an org. */
    login: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    /** The attribute of Okta's profile that says whom Portage created a user for. */
    markerAttribute: Type.Optional(
      Type.String({ pattern: '^(?!(login|email|firstName|lastName)$)[A-Za-z][A-Za-z0-9_]*$' }),
    ),
    /** See `AdoptionPolicy`. */
    adoptExisting: Type.Optional(Type.Enum([...adoptionPolicies])),
    admins: Type.Optional(Admins),
    panelists: Type.Optional(Panelists),
    portals: Type.Optional(Portals),
    /** What EFS keeps as `iam_unique_customer_name`. */
    customerName: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    efsApp: Type.Optional(EfsApp),
    /** Which panelist is in which portal; without it every panelist is in every portal. */
    membership: Type.Optional(Membership),
    settings: Type.Optional(SettingsFile),
  },
  closed,
);

const ApiKey = Type.Object({ name: Name, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, closed);

/** The configuration file as it is written. */
export const ConfigFile = Type.Object(
  {
    api: Type.Object(
      {
        host: Type.Optional(Type.String({ minLength: 1 })),
        port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
        keys: Type.Array(ApiKey, { minItems: 1 }),
      },
      closed,
    ),
    redis: Type.Optional(
      Type.Object({ url: Type.Optional(FromEnvironment), prefix: Type.Optional(Name) }, closed),
    ),
    database: Type.Optional(FromEnvironment),
    orgs: Type.Record(Name, Org, { ...closed, minProperties: 1 }),
    installations: Type.Record(Name, Installation, {
      ...closed,
      minProperties: 1,
    }),
  },
  closed,
);

export type ConfigFile = Static<typeof ConfigFile>;
export type AdminsSource = Static<typeof Admins>;
export type PanelistsSource = Static<typeof Panelists>;
export type PortalsSource = Static<typeof Portals>;
export type OAuthFile = Static<typeof OAuth>;
export type InstallationFile = Static<typeof Installation>;

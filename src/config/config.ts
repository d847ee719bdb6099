import type { AdoptionPolicy } from '../domain/adoption.ts';
import type { Bucket } from '../domain/operations.ts';
import type { PortalApps } from '../domain/portal.ts';
import type { AdminsSource, InstallationFile, PanelistsSource, PortalsSource } from './schema.ts';

export interface ApiToken {
  kind: 'api-token';
  token: string;
}

/** A service app of Okta's, by private_key_jwt. */
export interface OAuthConfig {
  kind: 'oauth';
  clientId: string;
  /** A JWK or PEM. */
  privateKey: string;
  /** By what Okta knows the public key, unless the JWK says so. */
  keyId: string | null;
  scopes: readonly string[];
  /** Whether the app demands proof of possession. */
  dpop: boolean;
  /** 32 bytes in Base64: what the fleet's access token is encrypted with in Redis. */
  encryptionKey: string;
}

/** One Okta org, as the fleet calls it. */
export interface OrgConfig {
  name: string;
  baseUrl: string;
  credentials: ApiToken | OAuthConfig;
  /** The HTTP proxy on the way there; EFS' own setting is `iam_proxy_url`. */
  proxyUrl: string | null;
  /** Okta's rate-limit window. */
  windowMs: number;
  /** How long an answer is waited for. */
  requestTimeoutMs: number;
  /** How often one looks again at what holds migrations and may pass by itself. */
  probeMs: number;
  /** How much longer one call may be on its way to Okta than another. */
  jitterMs: number;
  /** Jobs of one queue under way at once, in the whole fleet. */
  concurrency: number;
  /** Calls a minute: each bucket as configured, never more whatever Okta allows, and kept free for others. */
  perMinute: Readonly<Record<Bucket, number>>;
  maxPerMinute: Readonly<Record<Bucket, number>>;
  keepFree: Readonly<Record<Bucket, number>>;
}

/** What writes, and perhaps reads, an installation's settings: a program and its first arguments. */
export interface SettingsCommandConfig {
  write: readonly string[];
  /** Null: the table is read. */
  read: readonly string[] | null;
  timeoutMs: number;
}

/** Where an installation keeps its iam_ settings. */
export interface SettingsConfig {
  table: string;
  columns: { key: string; value: string };
  /** Null: the table is written. */
  command: SettingsCommandConfig | null;
  secretKeys: readonly string[];
}

/** Where an installation's portals are. */
export interface PortalsConfig extends Omit<PortalsSource, 'app'> {
  /** Null: they are not registered in Okta. */
  app: PortalApps | null;
}

/** One EFS installation and how its people are found. */
export interface InstallationConfig {
  name: string;
  databaseUrl: string;
  org: string;
  groupId: string;
  login: string;
  markerAttribute: string;
  adoptExisting: AdoptionPolicy;
  admins?: AdminsSource;
  panelists?: PanelistsSource;
  portals?: PortalsConfig;
  membership?: NonNullable<InstallationFile['membership']>;
  customerName?: string;
  efsApp?: NonNullable<InstallationFile['efsApp']>;
  /** Null: not configured. */
  settings: SettingsConfig | null;
}

/** What was configured: validated, complete, frozen. */
export interface Config {
  api: { host: string; port: number; keys: { name: string; sha256: string }[] };
  redis: { url: string; prefix: string };
  databaseUrl: string;
  orgs: Readonly<Record<string, OrgConfig>>;
  installations: Readonly<Record<string, InstallationConfig>>;
}

/** One thing that is wrong, at a JSON pointer into the file. */
export interface Fault {
  path: string;
  message: string;
}

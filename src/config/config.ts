import type { AdoptionPolicy } from '../domain/adoption.ts';
import type { Bucket } from '../domain/operations.ts';
import type { AdminsSource, InstallationFile, PanelistsSource } from './schema.ts';

/** One Okta org, as the fleet calls it. */
export interface OrgConfig {
  name: string;
  baseUrl: string;
  apiToken: string;
  /** Okta's rate-limit window. */
  windowMs: number;
  /** How long an answer is waited for. */
  requestTimeoutMs: number;
  /** How often one looks again at what holds migrations and may pass by itself. */
  probeMs: number;
  perMinute: Readonly<Record<Bucket, number>>;
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
  portals?: NonNullable<InstallationFile['portals']>;
  membership?: NonNullable<InstallationFile['membership']>;
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

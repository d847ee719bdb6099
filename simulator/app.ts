import type { AppGroup, AppUser } from './assignment.ts';
import type { Collection } from './collection.ts';
import type { Secret } from './secret.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What stands for an app in the directory; times are wall-clock milliseconds. Okta, Apps API: Application. */
export interface App {
  readonly id: string;
  /** The key of its kind: `oidc_client`, or that of an app of the catalogue. */
  readonly name: string;
  readonly signOnMode: string;
  status: 'ACTIVE' | 'INACTIVE';
  readonly createdMs: number;
  lastUpdatedMs: number;
  details: AppDetails;
  /** Null: not an OIDC app. */
  oauth: OAuthClient | null;
  readonly secrets: Collection<Secret>;
  /** By the feature's name, what was set about it. */
  readonly features: Map<string, Json>;
  readonly groups: Collection<AppGroup>;
  readonly users: Collection<AppUser>;
}

/** What every kind of app has, and PUT replaces. */
export interface AppDetails {
  readonly label: string;
  readonly accessibility: Json;
  readonly visibility: Json;
  readonly userNameTemplate: Json;
  /** Attributes of the app's own. */
  readonly profile: Json | null;
  /** All but `oauthClient`. */
  readonly settings: Json;
}

export interface OAuthClient {
  readonly clientId: string;
  readonly authMethod: string;
  readonly pkceRequired: boolean;
  readonly autoKeyRotation: boolean;
  /** `settings.oauthClient` as the API shows it. */
  readonly settings: Json;
}

/** Only these ways of proving who it is need a secret. */
export function hasSecret({ oauth }: App): boolean {
  return oauth?.authMethod.startsWith('client_secret_') ?? false;
}

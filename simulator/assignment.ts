import type { Json } from './app.ts';

/** A group's assignment to an app; times are wall-clock milliseconds. Okta, Apps API: group assignment. */
export interface AppGroup {
  /** The group's. */
  readonly id: string;
  readonly priority: number;
  readonly profile: Json;
  readonly lastUpdatedMs: number;
}

/** GROUP: by membership in an assigned group; USER: one by one, and no group takes it away. */
export type Scope = 'USER' | 'GROUP';

/** What stands for a user in an app. Okta, Apps API: application user. */
export interface AppUser {
  /** The user's. */
  readonly id: string;
  scope: Scope;
  readonly createdMs: number;
  lastUpdatedMs: number;
  /** Null is his login. */
  userName: string | null;
  /** What was set by hand; the rest is mapped from his own. */
  profile: Json | null;
}

export function newAppUser(id: string, scope: Scope): AppUser {
  const now = Date.now();
  return { id, scope, createdMs: now, lastUpdatedMs: now, userName: null, profile: null };
}

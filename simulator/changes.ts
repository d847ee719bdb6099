import type { App } from './app.ts';
import type { Group, User } from './org.ts';
import type { Rule } from './rule.ts';
import type { Secret } from './secret.ts';

/** What happened in an org, told where it happens; who has to act on it listens. */
export type Change =
  | { readonly kind: 'user'; readonly what: UserChange; readonly user: User }
  | { readonly kind: 'group'; readonly what: Written; readonly group: Group }
  | { readonly kind: 'membership'; readonly what: Assigned; readonly group: Group; readonly user: User }
  | { readonly kind: 'app'; readonly what: AppChange; readonly app: App }
  | { readonly kind: 'app-group'; readonly what: Changed; readonly app: App; readonly group: Group }
  | { readonly kind: 'app-user'; readonly what: Changed; readonly app: App; readonly user: User }
  | { readonly kind: 'secret'; readonly what: SecretChange; readonly app: App; readonly secret: Secret }
  | { readonly kind: 'rule'; readonly what: 'deactivated' | 'invalidated'; readonly rule: Rule }
  | { readonly kind: 'exclusion'; readonly rule: Rule; readonly user: User }
  | { readonly kind: 'schema' };

export type UserChange = Written | Moved | 'reactivated' | 'suspended' | 'unsuspended' | 'password-reset';
export type AppChange = Written | Moved;
type Written = 'created' | 'updated' | 'deleted';
type Moved = 'activated' | 'deactivated';
type Assigned = 'added' | 'removed';
type Changed = Assigned | 'updated';
export type SecretChange = 'created' | 'deleted' | Moved;

export type Listener = (change: Change) => void;

export interface Changes {
  tell(change: Change): void;
  listen(listener: Listener): void;
}

/** Listeners hear of a change at once, in the order in which they came. */
export function createChanges(): Changes {
  const listeners: Listener[] = [];
  return {
    tell(change) {
      for (const listener of listeners) listener(change);
    },
    listen: (listener) => void listeners.push(listener),
  };
}

import type { Predicate } from './rule-expression.ts';

/** A group rule; times are wall-clock milliseconds. Okta, Group Rules API. */
export interface Rule {
  readonly id: string;
  name: string;
  /** INVALID once a target group is deleted. */
  status: 'ACTIVE' | 'INACTIVE' | 'INVALID';
  readonly createdMs: number;
  lastUpdatedMs: number;
  /** As the caller wrote it. */
  expression: string;
  matches: Predicate;
  readonly groupIds: readonly string[];
  /** Who it leaves alone. */
  excludedUserIds: Set<string>;
  excludedGroupIds: Set<string>;
  /** Whom it made a member, by group: only they lose it when they match no more. */
  readonly placed: Map<string, Set<string>>;
}

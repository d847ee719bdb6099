import type { Attribute } from './attribute.ts';
import { BASE_ATTRIBUTES } from './base-attributes.ts';

/** What a user's profile may hold. Okta, Schemas API: UserSchema. */
export interface UserSchema {
  readonly base: Map<string, Attribute>;
  /** None, on the first day of an org. */
  readonly custom: Map<string, Attribute>;
  readonly createdMs: number;
  lastUpdatedMs: number;
}

export function createUserSchema(): UserSchema {
  const now = Date.now();
  return { base: new Map(BASE_ATTRIBUTES), custom: new Map(), createdMs: now, lastUpdatedMs: now };
}

export function attributeOf({ base, custom }: UserSchema, name: string): Attribute | undefined {
  return base.get(name) ?? custom.get(name);
}

import { escapeId, escape as literal } from 'mysql2';
import type { SkipReason } from '../domain/skip.ts';

/** A rule that leaves people out: a condition on the row `p` that is TRUE or FALSE. */
export interface Skip {
  reason: SkipReason;
  when: string;
}

/** A condition that is TRUE or FALSE, never NULL, so that it can be negated. */
export const definite = (condition: string) => `COALESCE(${condition}, FALSE)`;

/** TRUE if any of the conditions is. */
export const anyOf = (conditions: string[]) =>
  conditions.length > 0 ? `(${conditions.join(' OR ')})` : 'FALSE';

/** The first reason that leaves somebody out; NULL when none does. */
export const reasonOf = (skips: Skip[]) =>
  skips.length > 0
    ? `CASE ${skips.map(({ reason, when }) => `WHEN ${when} THEN ${literal(reason)}`).join(' ')} END`
    : 'NULL';

/** People of these mail domains log in at their company's own identity provider and are not migrated. */
export function inMailDomains(column: string, domains: string[] | undefined): Skip[] {
  if (!domains?.length) return [];
  const domain = `LOWER(SUBSTRING_INDEX(TRIM(p.${escapeId(column)}), '@', -1))`;
  return [{ reason: 'mail_domain', when: definite(`${domain} IN (${literal(domains)})`) }];
}

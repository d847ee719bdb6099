import { escapeId, escape as literal } from 'mysql2';

/** A condition that is TRUE or FALSE, never NULL, so that it can be negated. */
export const definite = (condition: string) => `COALESCE(${condition}, FALSE)`;

/** TRUE if any of the conditions is. */
export const anyOf = (conditions: string[]) =>
  conditions.length > 0 ? `(${conditions.join(' OR ')})` : 'FALSE';

/** People of these mail domains log in at their company's own identity provider and are not migrated. */
export function inMailDomains(column: string, domains: string[] | undefined): string[] {
  if (!domains?.length) return [];
  return [definite(`LOWER(SUBSTRING_INDEX(TRIM(p.${escapeId(column)}), '@', -1)) IN (${literal(domains)})`)];
}

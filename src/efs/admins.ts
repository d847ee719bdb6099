import { escapeId } from 'mysql2';
import type { AdminsSource } from '../config/schema.ts';
import { anyOf, definite, inMailDomains } from './eligibility.ts';
import type { SourceSql } from './source.ts';

/** EFS admins: one reference each, in `iam_user_reference`. */
export function adminsSql({ table, columns, skip }: AdminsSource): SourceSql {
  const id = `p.${escapeId(columns.id)}`;
  const referenced = `EXISTS (SELECT 1 FROM iam_user_reference r WHERE r.user_id = ${id} AND r.uuid IS NOT NULL)`;
  const expired =
    skip?.expiredLogins && columns.loginExpiresOn
      ? [definite(`p.${escapeId(columns.loginExpiresOn)} < CURRENT_DATE`)]
      : [];
  const skipped = anyOf([...expired, ...inMailDomains(columns.email, skip?.mailDomains)]);
  return {
    table,
    columns,
    skipped: () => skipped,
    referenced: () => referenced,
    knownOktaId: 'SELECT r.uuid FROM iam_user_reference r WHERE r.user_id = ? AND r.uuid IS NOT NULL LIMIT 1',
    queueUnassignment: null, // EFS' queue is for panelists
    insertMissing: () =>
      `INSERT INTO iam_user_reference (user_id, uuid)
       SELECT ${id}, ? FROM ${escapeId(table)} p WHERE ${id} = ? AND NOT ${referenced}`,
  };
}

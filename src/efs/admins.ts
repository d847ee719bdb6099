import { escapeId } from 'mysql2';
import type { AdminsSource } from '../config/schema.ts';
import { columnsOf } from '../domain/profile.ts';
import { definite, inMailDomains, type Skip } from './eligibility.ts';
import type { SourceSql } from './source.ts';

/** EFS admins: one reference each, in `iam_user_reference`. */
export function adminsSql({ table, columns, skip, profile }: AdminsSource): SourceSql {
  const id = `p.${escapeId(columns.id)}`;
  const referenced = `EXISTS (SELECT 1 FROM iam_user_reference r WHERE r.user_id = ${id} AND r.uuid IS NOT NULL)`;
  const expired: Skip[] =
    skip?.expiredLogins && columns.loginExpiresOn
      ? [{ reason: 'login_expired', when: definite(`p.${escapeId(columns.loginExpiresOn)} < CURRENT_DATE`) }]
      : [];
  const skips = [...expired, ...inMailDomains(columns.email, skip?.mailDomains)];
  return {
    table,
    columns,
    extraColumns: columnsOf(profile),
    skips: () => skips,
    referenced: () => referenced,
    referenceTable: 'iam_user_reference',
    queueUnassignment: null, // EFS' queue is for panelists
    insertMissing: () =>
      `INSERT INTO iam_user_reference (user_id, uuid)
       SELECT ${id}, ? FROM ${escapeId(table)} p WHERE ${id} = ? AND NOT ${referenced}`,
  };
}

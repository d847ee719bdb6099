import { escapeId, escape as literal } from 'mysql2';
import type { InstallationConfig } from '../config/config.ts';
import type { PanelistsSource } from '../config/schema.ts';
import { columnsOf } from '../domain/profile.ts';
import type { Selection } from '../domain/selection.ts';
import { definite, inMailDomains, type Skip } from './eligibility.ts';
import type { SourceSql } from './source.ts';

/** Panelists: one reference for each portal they are in, in `iam_portal_user_reference`. */
export function panelistsSql(
  { table, columns, skip, profile, referenceStatus }: PanelistsSource,
  { membership, portals }: Pick<InstallationConfig, 'membership' | 'portals'>,
): SourceSql {
  const id = `p.${escapeId(columns.id)}`;
  const deleted: Skip[] =
    skip?.statuses?.length && columns.status
      ? [{ reason: 'status', when: definite(`p.${escapeId(columns.status)} IN (${literal(skip.statuses)})`) }]
      : [];
  const left = [...deleted, ...inMailDomains(columns.email, skip?.mailDomains)];

  const portalsTable = escapeId(membership?.table ?? portals?.table ?? '');
  const portalId = `m.${escapeId(membership?.columns.portalId ?? portals?.columns.id ?? '')}`;
  // Without a membership table every panelist is in every portal.
  const isMember = membership
    ? `m.${escapeId(membership.columns.panelistId)} = ${id} AND ${portalId} IS NOT NULL`
    : 'TRUE';
  /** True of the portals `m` of the person, of which the selection may want only one. */
  const inPortal = ({ portal }: Selection) =>
    portal === undefined ? isMember : `${isMember} AND ${portalId} = ${literal(portal)}`;
  // + 0 keeps MariaDB from the index on portal_id, which it prefers otherwise: a portal has a million references,
  // a person one or two (300 ms against 0.8 ms for one person among 60,000).
  const unreferenced = `NOT EXISTS (SELECT 1 FROM iam_portal_user_reference r
    WHERE r.user_id = ${id} AND r.portal_id + 0 = ${portalId} AND r.uuid IS NOT NULL)`;

  const created = referenceStatus?.created;
  // Who was mailed or is active already stays so in every portal.
  const status =
    created === undefined
      ? null
      : `COALESCE((SELECT r.status FROM iam_portal_user_reference r
           WHERE r.user_id = ${id} AND r.uuid = u.uuid AND r.status IS NOT NULL LIMIT 1), ${literal(created)})`;
  return {
    table,
    columns,
    extraColumns: columnsOf(profile),
    skips: (selection) => [
      ...left,
      {
        reason: 'no_portal',
        when: `NOT EXISTS (SELECT 1 FROM ${portalsTable} m WHERE ${inPortal(selection)})`,
      },
    ],
    referenced: (selection) =>
      `NOT EXISTS (SELECT 1 FROM ${portalsTable} m WHERE ${inPortal(selection)} AND ${unreferenced})`,
    referenceTable: 'iam_portal_user_reference',
    statusNumbers: referenceStatus,
    queueUnassignment: `INSERT INTO iam_portal_user_group_unassignment_queue (user_id, uuid, email)
      SELECT ?, ?, ? FROM DUAL
       WHERE NOT EXISTS (SELECT 1 FROM iam_portal_user_group_unassignment_queue q WHERE q.uuid = ?)`,
    insertMissing: (selection) =>
      `INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid${status === null ? '' : ', status'})
       SELECT DISTINCT ${portalId}, ${id}, u.uuid${status === null ? '' : `, ${status}`}
         FROM ${escapeId(table)} p JOIN ${portalsTable} m ON ${inPortal(selection)} JOIN (SELECT ? AS uuid) u
        WHERE ${id} = ? AND ${unreferenced}`,
  };
}

import { escapeId, escape as literal } from 'mysql2';
import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { PanelistsSource } from '../config/schema.ts';
import type { Database } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { isOktaUserId, type OktaUserId, type SubjectId } from '../domain/ids.ts';
import type { Counts } from '../domain/migration.ts';
import type { Person, Standing } from '../domain/person.ts';
import type { Selection } from '../domain/selection.ts';
import type { SkippedBy, SkipReason } from '../domain/skip.ts';
import { anyOf, reasonOf, type Skip } from './eligibility.ts';

/** Where one kind of subjects is, in SQL about the row `p` of the installation's table. */
export interface QuerySql {
  table: string;
  columns: { id: string };
  /** The rules that leave subjects out. */
  skips(selection: Selection): Skip[];
  /** TRUE when no reference is missing. */
  referenced(selection: Selection): string;
}

/** The same for people. */
export interface SourceSql extends QuerySql {
  columns: { id: string; email: string; firstName: string; lastName: string };
  /** What more of the row people's profiles are made of. */
  extraColumns: string[];
  /** Where the references are; each has `user_id` and `uuid`. */
  referenceTable: string;
  /** Inserts the references that are missing; binds Okta's id, then the person's. */
  insertMissing(selection: Selection): string;
  /** What the references' `status` holds for each; a status without a number is not told. */
  statusNumbers?: PanelistsSource['referenceStatus'];
  /** Has EFS take a user out of the group whose person is gone; binds the person's id, Okta's, the mail, Okta's. */
  queueUnassignment: string | null;
}

/** How far a referenced person is: in Okta, mailed, or active there. */
export type ReferenceStatus = keyof NonNullable<PanelistsSource['referenceStatus']>;

/** The rows of a page that are wanted, and how far the page went; `lastId` is null behind the table's end. */
export interface Page {
  wanted: SubjectId[];
  lastId: number | null;
}

/** Which subjects an operation has in one installation: all that the reconcile loop asks. */
export interface Query {
  /** Reads the next `limit` rows by id, whatever they are, and tells which are eligible and not done. */
  page(selection: Selection, throughId: number | null, afterId: number, limit: number): Promise<Page>;
  count(selection: Selection, throughId: number | null): Promise<Omit<Counts, 'failed'>>;
  /** The next `limit` that this reason leaves out, by id. */
  skipped(
    selection: Selection,
    throughId: number | null,
    reason: SkipReason,
    afterId: number,
    limit: number,
  ): Promise<SubjectId[]>;
  /** The id of the n-th eligible one; null when there are fewer. */
  nthEligible(n: number, selection: Selection): Promise<number | null>;
  /** The table's last id; 0 when it is empty. */
  lastId(): Promise<number>;
}

/** The people of one kind in one installation; done is who has every reference. */
export interface Source extends Query {
  find(id: SubjectId, selection: Selection): Promise<Standing>;
  /** The next `limit` people by id, whoever they are, as they stand. */
  people(
    selection: Selection,
    throughId: number | null,
    afterId: number,
    limit: number,
  ): Promise<PersonOnPage[]>;
  /** The next `limit` people by id who have any reference: Okta has them. */
  referenced(afterId: number, limit: number): Promise<Person[]>;
  mailsOf(ids: SubjectId[]): Promise<Map<SubjectId, string>>;
  /** Whom Okta has for these people, by their references. */
  oktaIdsOf(ids: SubjectId[]): Promise<Map<SubjectId, OktaUserId>>;
  /**
   * Writes every missing reference, once, however many workers try; false when none names this user then: the person is
   * gone, has left every portal, or is referenced with another user.
   */
  recordReferences(id: SubjectId, oktaId: OktaUserId, selection: Selection): Promise<boolean>;
  /** Another one of these people whose reference names this user; null: nobody has. */
  otherOf(oktaId: OktaUserId, id: SubjectId): Promise<SubjectId | null>;
  /** Tells EFS how the person's activation stands, where it is configured what for a number that has. */
  recordStatus(id: SubjectId, oktaId: OktaUserId, status: ReferenceStatus): Promise<void>;
  /** For a user in Okta whose person is gone: false when EFS has no queue for this kind of people. */
  queueUnassignment(id: SubjectId, email: string, oktaId: OktaUserId): Promise<boolean>;
}

/** How somebody stands, and which rule leaves them out if one does. */
export interface PersonOnPage {
  id: SubjectId;
  standing: Exclude<Standing, { kind: 'gone' }>;
  reason: SkipReason | null;
}

function partsOf({ table, columns }: QuerySql) {
  const id = `p.${escapeId(columns.id)}`;
  const within = ({ ids }: Selection, throughId: number | null) =>
    (ids ? ` AND ${id} IN (${literal(ids)})` : '') +
    (throughId === null ? '' : ` AND ${id} <= ${literal(throughId)}`);
  return { id, from: `${escapeId(table)} p`, within };
}

/** `counting`: for what goes through many rows, and may take minutes. */
export function createQuery(db: Database, source: QuerySql, counting = db): Query {
  const { id, from, within } = partsOf(source);
  const skipped = (selection: Selection) => anyOf(source.skips(selection).map(({ when }) => when));

  return {
    async page(selection, throughId, afterId, limit) {
      const [rows] = await db.query<(RowDataPacket & { id: SubjectId; wanted: 0 | 1 })[]>(
        `SELECT ${id} AS id, NOT ${skipped(selection)} AND NOT ${source.referenced(selection)} AS wanted
           FROM ${from}
          WHERE ${id} > ?${within(selection, throughId)}
          ORDER BY ${id} LIMIT ?`,
        [afterId, limit],
      );
      return {
        wanted: rows.filter((row) => row.wanted).map((row) => row.id),
        lastId: rows.at(-1)?.id ?? null,
      };
    },

    async count(selection, throughId) {
      const [rows] = await counting.query<ReasonRow[]>(
        `SELECT reason, COUNT(*) AS people, SUM(referenced) AS referenced
           FROM (SELECT ${reasonOf(source.skips(selection))} AS reason, ${source.referenced(selection)} AS referenced
                   FROM ${from} WHERE TRUE${within(selection, throughId)}) people
          GROUP BY reason`,
      );
      const eligible = rows.find(({ reason }) => reason === null);
      const left = rows.flatMap(({ reason, people }) => (reason === null ? [] : [[reason, people] as const]));
      return {
        eligible: eligible?.people ?? 0,
        done: Number(eligible?.referenced ?? 0),
        skipped: left.reduce((sum, [, people]) => sum + people, 0),
        skippedBy: Object.fromEntries(left) as SkippedBy,
      };
    },

    async skipped(selection, throughId, reason, afterId, limit) {
      const [rows] = await counting.query<(RowDataPacket & { id: SubjectId })[]>(
        `SELECT ${id} AS id FROM ${from}
          WHERE ${id} > ? AND ${reasonOf(source.skips(selection))} = ?${within(selection, throughId)}
          ORDER BY ${id} LIMIT ?`,
        [afterId, reason, limit],
      );
      return rows.map((row) => row.id);
    },

    async nthEligible(n, selection) {
      const [[row]] = await counting.query<(RowDataPacket & { id: number })[]>(
        `SELECT ${id} AS id FROM ${from}
          WHERE NOT ${skipped(selection)}${within(selection, null)}
          ORDER BY ${id} LIMIT 1 OFFSET ?`,
        [n - 1],
      );
      return row?.id ?? null;
    },

    async lastId() {
      const [[row]] = await db.query<(RowDataPacket & { id: number | null })[]>(
        `SELECT MAX(${id}) AS id FROM ${from}`,
      );
      return row?.id ?? 0;
    },
  };
}

/** FROM and WHERE of the references of the person that there are, of whatever portal, as `r`. */
function anyReference({ referenceTable, columns }: SourceSql): string {
  return `FROM ${referenceTable} r WHERE r.user_id = p.${escapeId(columns.id)} AND r.uuid IS NOT NULL`;
}

/** Only those of a source whom Okta has; what more is to be done with them, their references do not tell. */
export function inOkta(source: SourceSql): SourceSql {
  const without: Skip = { reason: 'not_in_okta', when: `NOT EXISTS (SELECT 1 ${anyReference(source)})` };
  return {
    ...source,
    skips: (selection) => [...source.skips(selection), without],
    referenced: () => 'FALSE',
  };
}

/** `counting`: see `createQuery`. */
export function createSource(db: Database, source: SourceSql, counting = db): Source {
  const { columns, extraColumns } = source;
  const { id, from, within } = partsOf(source);
  const person = [
    `${id} AS id`,
    ...(['email', 'firstName', 'lastName'] as const).map((name) => `p.${escapeId(columns[name])} AS ${name}`),
    ...extraColumns.map((column, i) => `CAST(p.${escapeId(column)} AS CHAR) AS extra${i}`),
  ].join(', ');
  const oktaId = `(SELECT r.uuid ${anyReference(source)} LIMIT 1)`;
  const standing = (selection: Selection) =>
    `${person}, ${reasonOf(source.skips(selection))} AS reason, ${source.referenced(selection)} AS referenced,
     ${oktaId} AS uuid`;

  function toPerson(row: PersonRow): Person {
    const { email, firstName, lastName } = row;
    const extra = extraColumns.map((column, i) => [column, (row[`extra${i}`] as string | null) ?? '']);
    return {
      id: row.id,
      email: email ?? '',
      firstName: firstName ?? '',
      lastName: lastName ?? '',
      extra: Object.fromEntries(extra) as Person['extra'],
    };
  }

  function toStanding(row: StandingRow): PersonOnPage['standing'] {
    if (row.reason !== null) return { kind: 'skipped' };
    if (row.referenced) return { kind: 'referenced' };
    const oktaId = row.uuid?.toString('latin1') ?? null;
    if (oktaId !== null && !isOktaUserId(oktaId)) return { kind: 'misreferenced' };
    return { kind: 'wanted', person: toPerson(row), oktaId };
  }

  return {
    ...createQuery(db, source, counting),

    async find(subjectId, selection) {
      const [[row]] = await db.query<StandingRow[]>(
        `SELECT ${standing(selection)} FROM ${from} WHERE ${id} = ?`,
        [subjectId],
      );
      return row ? toStanding(row) : { kind: 'gone' };
    },

    async people(selection, throughId, afterId, limit) {
      const [rows] = await db.query<StandingRow[]>(
        `SELECT ${standing(selection)} FROM ${from}
          WHERE ${id} > ?${within(selection, throughId)} ORDER BY ${id} LIMIT ?`,
        [afterId, limit],
      );
      return rows.map((row) => ({ id: row.id, standing: toStanding(row), reason: row.reason }));
    },

    async referenced(afterId, limit) {
      const [rows] = await counting.query<PersonRow[]>(
        `SELECT ${person} FROM ${from}
          WHERE ${id} > ? AND EXISTS (SELECT 1 ${anyReference(source)}) ORDER BY ${id} LIMIT ?`,
        [afterId, limit],
      );
      return rows.map(toPerson);
    },

    async mailsOf(ids) {
      if (ids.length === 0) return new Map();
      const [rows] = await db.query<(RowDataPacket & Pick<PersonRow, 'id' | 'email'>)[]>(
        `SELECT ${id} AS id, p.?? AS email FROM ${from} WHERE ${id} IN (?)`,
        [columns.email, ids],
      );
      return new Map(rows.map((row) => [row.id, row.email ?? '']));
    },

    async oktaIdsOf(ids) {
      if (ids.length === 0) return new Map();
      const [rows] = await db.query<(RowDataPacket & { id: SubjectId; uuid: Buffer })[]>(
        `SELECT ${id} AS id, ${oktaId} AS uuid FROM ${from} WHERE ${id} IN (?) HAVING uuid IS NOT NULL`,
        [ids],
      );
      return new Map(rows.map((row) => [row.id, row.uuid.toString('latin1') as OktaUserId]));
    },

    recordReferences: (subjectId, oktaId, selection) =>
      inTransaction(db, async (connection) => {
        // The reference tables have no unique key: the lock on the person keeps two workers from doubling a row.
        const [people] = await connection.query<RowDataPacket[]>(
          `SELECT ${id} FROM ${from} WHERE ${id} = ? FOR UPDATE`,
          [subjectId],
        );
        if (people.length === 0) return false;
        const [{ affectedRows }] = await connection.query<ResultSetHeader>(source.insertMissing(selection), [
          oktaId,
          subjectId,
        ]);
        if (affectedRows > 0) return true;
        const [named] = await connection.query<RowDataPacket[]>(
          `SELECT 1 FROM ${source.referenceTable} WHERE user_id = ? AND uuid = ? LIMIT 1`,
          [subjectId, oktaId],
        );
        return named.length > 0;
      }),

    async otherOf(oktaId, subjectId) {
      const [[row]] = await db.query<(RowDataPacket & { id: SubjectId })[]>(
        `SELECT user_id AS id FROM ${source.referenceTable} WHERE uuid = ? AND user_id <> ? LIMIT 1`,
        [oktaId, subjectId],
      );
      return row?.id ?? null;
    },

    async recordStatus(subjectId, oktaId, status) {
      const number = source.statusNumbers?.[status];
      if (number === undefined) return;
      await db.query(
        `UPDATE iam_portal_user_reference SET status = ?, updated_at = CURRENT_TIMESTAMP
          WHERE user_id = ? AND uuid = ? AND NOT status <=> ?`,
        [number, subjectId, oktaId, number],
      );
    },

    async queueUnassignment(subjectId, email, oktaId) {
      const { queueUnassignment } = source;
      if (queueUnassignment === null) return false;
      await inTransaction(db, (connection) =>
        connection.query(queueUnassignment, [subjectId, oktaId, email, oktaId]),
      );
      return true;
    },
  };
}

interface PersonRow extends RowDataPacket {
  id: SubjectId;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
}

interface StandingRow extends PersonRow {
  reason: SkipReason | null;
  referenced: 0 | 1;
  uuid: Buffer | null;
}

interface ReasonRow extends RowDataPacket {
  reason: SkipReason | null;
  people: number;
  referenced: string | null;
}

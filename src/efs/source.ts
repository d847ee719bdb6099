import { escapeId, escape as literal } from 'mysql2';
import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Database } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';
import { isOktaUserId, type OktaUserId, type SubjectId } from '../domain/ids.ts';
import type { Counts } from '../domain/migration.ts';
import type { Standing } from '../domain/person.ts';
import type { Selection } from '../domain/selection.ts';

/** Where one kind of subjects is, in SQL about the row `p` of the installation's table. */
export interface QuerySql {
  table: string;
  columns: { id: string };
  /** TRUE when a rule leaves the subject out. */
  skipped(selection: Selection): string;
  /** TRUE when no reference is missing. */
  referenced(selection: Selection): string;
}

/** The same for people. */
export interface SourceSql extends QuerySql {
  columns: { id: string; email: string; firstName: string; lastName: string };
  /** Selects `uuid`, Okta's id of the person of id `?` from any reference there is. */
  knownOktaId: string;
  /** Inserts the references that are missing; binds Okta's id, then the person's. */
  insertMissing(selection: Selection): string;
  /** Has EFS take a user out of the group whose person is gone; binds the person's id, Okta's, the mail, Okta's. */
  queueUnassignment: string | null;
}

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
  /** The id of the n-th eligible one; null when there are fewer. */
  nthEligible(n: number, selection: Selection): Promise<number | null>;
  /** The table's last id; 0 when it is empty. */
  lastId(): Promise<number>;
}

/** The people of one kind in one installation; done is who has every reference. */
export interface Source extends Query {
  find(id: SubjectId, selection: Selection): Promise<Standing>;
  /** Writes every missing reference, once, however many workers try; false when the person is gone. */
  recordReferences(id: SubjectId, oktaId: OktaUserId, selection: Selection): Promise<boolean>;
  /** For a user in Okta whose person is gone: false when EFS has no queue for this kind of people. */
  queueUnassignment(id: SubjectId, email: string, oktaId: OktaUserId): Promise<boolean>;
}

export function createQuery(db: Database, source: QuerySql): Query {
  const id = `p.${escapeId(source.columns.id)}`;
  const from = `${escapeId(source.table)} p`;
  const within = ({ ids }: Selection, throughId: number | null) =>
    (ids ? ` AND ${id} IN (${literal(ids)})` : '') +
    (throughId === null ? '' : ` AND ${id} <= ${literal(throughId)}`);

  return {
    async page(selection, throughId, afterId, limit) {
      const [rows] = await db.query<(RowDataPacket & { id: SubjectId; wanted: 0 | 1 })[]>(
        `SELECT ${id} AS id, NOT ${source.skipped(selection)} AND NOT ${source.referenced(selection)} AS wanted
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
      const [[row]] = await db.query<(RowDataPacket & Record<'total' | 'skipped' | 'referenced', string>)[]>(
        `SELECT COUNT(*) AS total, SUM(skipped) AS skipped, SUM(NOT skipped AND referenced) AS referenced
           FROM (SELECT ${source.skipped(selection)} AS skipped, ${source.referenced(selection)} AS referenced
                   FROM ${from} WHERE TRUE${within(selection, throughId)}) people`,
      );
      const [total, skipped, referenced] = [row?.total, row?.skipped, row?.referenced].map((n) =>
        Number(n ?? 0),
      ) as [number, number, number];
      return { eligible: total - skipped, done: referenced, skipped };
    },

    async nthEligible(n, selection) {
      const [[row]] = await db.query<(RowDataPacket & { id: number })[]>(
        `SELECT ${id} AS id FROM ${from}
          WHERE NOT ${source.skipped(selection)}${within(selection, null)}
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

export function createSource(db: Database, source: SourceSql): Source {
  const { table, columns } = source;
  const id = `p.${escapeId(columns.id)}`;
  const from = `${escapeId(table)} p`;

  return {
    ...createQuery(db, source),

    async find(subjectId, selection) {
      const [[row]] = await db.query<PersonRow[]>(
        `SELECT p.?? AS email, p.?? AS firstName, p.?? AS lastName, ${source.skipped(selection)} AS skipped,
                  ${source.referenced(selection)} AS referenced, (${source.knownOktaId}) AS uuid
             FROM ${from} WHERE ${id} = ?`,
        [columns.email, columns.firstName, columns.lastName, subjectId, subjectId],
      );
      if (!row) return { kind: 'gone' };
      if (row.skipped) return { kind: 'skipped' };
      if (row.referenced) return { kind: 'referenced' };
      const { email, firstName, lastName } = row;
      const oktaId = row.uuid?.toString('latin1') ?? null;
      if (oktaId !== null && !isOktaUserId(oktaId)) return { kind: 'misreferenced' };
      return {
        kind: 'wanted',
        person: { id: subjectId, email: email ?? '', firstName: firstName ?? '', lastName: lastName ?? '' },
        oktaId,
      };
    },

    recordReferences: (subjectId, oktaId, selection) =>
      inTransaction(db, async (connection) => {
        // The reference tables have no unique key: the lock on the person keeps two workers from doubling a row.
        const [people] = await connection.query<RowDataPacket[]>(
          `SELECT ${id} FROM ${from} WHERE ${id} = ? FOR UPDATE`,
          [subjectId],
        );
        if (people.length === 0) return false;
        await connection.query<ResultSetHeader>(source.insertMissing(selection), [oktaId, subjectId]);
        return true;
      }),

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
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  skipped: 0 | 1;
  referenced: 0 | 1;
  uuid: Buffer | null;
}

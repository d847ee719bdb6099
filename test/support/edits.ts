import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { BLOCK } from '../../demo/cases.ts';
import type { TestFleet } from './fleet.ts';
import type { Random } from './random.ts';

/** A panelist as EFS had them from a moment on, in milliseconds of this machine's clock. */
export interface Version {
  mail: string | null;
  firstName: string | null;
  lastName: string | null;
  /** When the change was sent, and when EFS had it for certain; the first version has none. */
  sentMs?: number;
  doneMs?: number;
}

/** What was changed in EFS while a migration ran. */
export interface Edits {
  deleted: Set<number>;
  added: number[];
  /** All versions of those who were changed, the oldest first. */
  versions: Map<number, Version[]>;
}

export const noEdits = (): Edits => ({ deleted: new Set(), added: [], versions: new Map() });

/** EFS, as its users use it. */
export interface Editor {
  edits: Edits;
  /** People of whom nothing is special and whom nobody has edited, in random order. */
  candidates(): number[];
  /**
   * Deletes as EFS does: who is referenced goes into the queue of users to be taken out of the group first. Resolves to
   * how many nobody had referenced by then, like those that change.
   */
  remove(ids: number[]): Promise<number>;
  /** New panelists, every other one behind ids that a migration has passed; resolves to their ids. */
  add(count: number): Promise<number[]>;
  rename(ids: number[]): Promise<number>;
  /** Gives them another mail address. */
  readdress(ids: number[]): Promise<number>;
}

/** The people at the head of a block have the mails that its duplicates repeat. */
const HEAD = 3;

export function createEditor({ people, installationUrl }: TestFleet, random: Random): Editor {
  const edits = noEdits();
  const panelists = [...people.panelists];
  const plain = panelists.filter((each, index) => each.case === 'ordinary' && index % BLOCK >= HEAD);
  const untouched = new Set(random.shuffle(plain.map(({ row }) => row.uid)));
  const known = new Set(panelists.map(({ row }) => row.uid));
  const freeIds = random.shuffle(gapsIn(known));
  let nextId = Math.max(...known);

  const withEfs = async <T>(work: (efs: Connection) => Promise<T>): Promise<T> => {
    const efs = await createConnection({ uri: installationUrl, charset: 'utf8mb4' });
    try {
      return await work(efs);
    } finally {
      efs.destroy();
    }
  };

  const change = (ids: number[], values: (id: number) => Partial<Version>) =>
    withEfs(async (efs) => {
      let unreferenced = 0;
      for (const id of ids) {
        untouched.delete(id);
        await efs.beginTransaction();
        const [[row]] = await efs.query<(Version & RowDataPacket)[]>(
          `SELECT u_email AS mail, u_firstname AS firstName, u_name AS lastName
             FROM panelists WHERE uid = ? FOR UPDATE`,
          [id],
        );
        if (!row) throw new Error(`panelist ${id} is gone`);
        unreferenced += (await isReferenced(efs, id)) ? 0 : 1;
        const versions = edits.versions.get(id) ?? [{ ...row }];
        const version = { ...row, ...values(id), sentMs: Date.now() };
        await efs.query('UPDATE panelists SET u_email = ?, u_firstname = ?, u_name = ? WHERE uid = ?', [
          version.mail,
          version.firstName,
          version.lastName,
          id,
        ]);
        await efs.commit();
        edits.versions.set(id, [...versions, { ...version, doneMs: Date.now() }]);
      }
      return unreferenced;
    });

  return {
    edits,
    candidates: () => [...untouched],
    remove: (ids) =>
      withEfs(async (efs) => {
        let unreferenced = 0;
        for (const id of ids) {
          untouched.delete(id);
          unreferenced += (await deletePanelist(efs, id)) ? 0 : 1;
          edits.deleted.add(id);
        }
        return unreferenced;
      }),
    async add(count) {
      const ids = Array.from({ length: count }, (_, i) => {
        const id = i % 2 === 0 ? freeIds.pop() : undefined;
        if (id !== undefined) return id;
        nextId += 1;
        return nextId;
      });
      await withEfs(async (efs) => {
        for (const id of ids) {
          await efs.beginTransaction();
          await efs.query(
            `INSERT INTO panelists (uid, pseudonym, pstatus, u_account, u_firstname, u_name, u_email)
             VALUES (?, ?, 1, ?, 'Neu', 'Hinzugekommen', ?)`,
            [id, -id, `p${id}`, `neu${id}@posteo.example`],
          );
          await efs.query('INSERT INTO portal_panelists VALUES (?, ?, NOW())', [random.between(1, 2), id]);
          await efs.commit();
          edits.added.push(id);
        }
      });
      return ids;
    },
    rename: (ids) => change(ids, () => ({ lastName: `Verheiratet-${random.between(1, 9_999)}` })),
    readdress: (ids) =>
      change(ids, (id) => ({ mail: `umgezogen${id}.${random.between(1, 9_999)}@web.example` })),
  };
}

/**
 * The person is locked first, so that nobody writes a reference between the copy and the end of the row. Resolves to
 * whether there was one.
 */
async function deletePanelist(efs: Connection, id: number): Promise<boolean> {
  await efs.beginTransaction();
  await efs.query('SELECT uid FROM panelists WHERE uid = ? FOR UPDATE', [id]);
  const referenced = await isReferenced(efs, id);
  await efs.query(
    `INSERT INTO iam_portal_user_group_unassignment_queue (user_id, uuid, email)
     SELECT DISTINCT p.uid, r.uuid, p.u_email
       FROM panelists p JOIN iam_portal_user_reference r ON r.user_id = p.uid WHERE p.uid = ?`,
    [id],
  );
  await efs.query('DELETE FROM panelists WHERE uid = ?', [id]);
  await efs.commit();
  return referenced;
}

async function isReferenced(efs: Connection, id: number): Promise<boolean> {
  const [rows] = await efs.query<RowDataPacket[]>(
    'SELECT 1 FROM iam_portal_user_reference WHERE user_id = ? LIMIT 1 LOCK IN SHARE MODE',
    [id],
  );
  return rows.length > 0;
}

/** Ids between those of others. */
function gapsIn(ids: ReadonlySet<number>): number[] {
  const [least, most] = [Math.min(...ids), Math.max(...ids)];
  return Array.from({ length: most - least }, (_, i) => least + i).filter((id) => !ids.has(id));
}

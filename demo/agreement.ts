import type { Connection, RowDataPacket } from 'mysql2/promise';

/** Whether every reference names the right Okta user and every Okta user is referenced. */
export interface Agreement {
  references: number;
  /** What is wrong, in words; ids only. */
  disagreements: string[];
  /** How many there are: the words stop at the first twenty. */
  disagreementCount: number;
}

interface Reference extends RowDataPacket {
  id: number;
  uid: number;
  uuid: Buffer | null;
  mail: string | null;
}

const PAGE = 5_000;
const MOST_IN_WORDS = 20;

const sources = [
  { kind: 'admin', references: 'iam_user_reference', people: 'users', mail: 'email' },
  { kind: 'panelist', references: 'iam_portal_user_reference', people: 'panelists', mail: 'u_email' },
] as const;

/** Holds the references against Okta's users, given by id. */
export async function compare(
  connection: Connection,
  users: ReadonlyMap<string, { login: string; isMember: boolean }>,
): Promise<Agreement> {
  const found: Agreement = { references: 0, disagreements: [], disagreementCount: 0 };
  const report = (text: string) => {
    found.disagreementCount += 1;
    if (found.disagreementCount <= MOST_IN_WORDS) found.disagreements.push(text);
  };
  const ownerOf = new Map<string, string>();
  for (const source of sources) {
    for await (const { uid, uuid, mail } of readReferences(connection, source)) {
      found.references += 1;
      const person = `${source.kind} ${uid}`;
      const oktaId = uuid?.toString('latin1') ?? '';
      const user = users.get(oktaId);
      const owner = ownerOf.get(oktaId) ?? person;
      ownerOf.set(oktaId, owner);
      if (!user) report(`${person} is referenced to ${oktaId}, which Okta does not have`);
      else if (user.login !== mail?.trim()) report(`${person} is referenced to ${oktaId} of another login`);
      else if (!user.isMember) report(`${person} is referenced to ${oktaId}, which is not in the group`);
      if (owner !== person) report(`${person} and ${owner} are both referenced to ${oktaId}`);
    }
  }
  for (const id of users.keys()) if (!ownerOf.has(id)) report(`Okta's user ${id} is referenced by nobody`);
  return found;
}

/** By key, a page at a time: there may be millions. */
async function* readReferences(
  connection: Connection,
  { references, people, mail }: (typeof sources)[number],
): AsyncGenerator<Reference> {
  for (let after = 0; ; ) {
    const [page] = await connection.query<Reference[]>(
      `SELECT r.id, p.uid, r.uuid, p.?? AS mail
         FROM ?? r JOIN ?? p ON p.uid = r.user_id
        WHERE r.id > ? ORDER BY r.id LIMIT ?`,
      [mail, references, people, after, PAGE],
    );
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
  }
}

import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Case } from '../../demo/cases.ts';
import type { Panelist, People } from '../../demo/people.ts';
import { eventually } from './eventually.ts';
import type { TestFleet } from './fleet.ts';

/** Of so many, two in a hundred cannot be created, and as many more are left out. */
export function mostlyGood(count: number): (people: People) => People {
  const quotas: { cases: Case[]; most: number }[] = [
    { cases: ['ordinary', 'two-portals'], most: 0.98 * count },
    { cases: ['empty-mail', 'null-mail', 'invalid-mail', 'empty-first-name'], most: 0.02 * count },
    { cases: ['company-mail', 'deleted', 'in-no-portal'], most: 0.02 * count },
  ];
  return ({ panelists, ...rest }) => {
    const chosen: Panelist[] = [];
    const left = quotas.map(({ most }) => most);
    for (const panelist of panelists) {
      const quota = quotas.findIndex(({ cases }) => cases.includes(panelist.case));
      const room = left[quota] ?? 0;
      if (room < 1) continue;
      left[quota] = room - 1;
      chosen.push(panelist);
    }
    return { ...rest, admins: [], panelists: chosen };
  };
}
/** Enough people to choose them from. */
export const invented = (count: number) => Math.ceil(2.2 * count);

/** Mails of a fleet's panelists, whether or not the module is on; resolves to the migration's id. */
export async function startMails(fleet: TestFleet, operation: string, options: object = {}): Promise<number> {
  const { portage, apiKey, installation } = fleet;
  const response = await fetch(`${portage.url}/v1/migrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      installation,
      operation,
      options: { ...options, confirm: ['module-inactive'] },
    }),
  });
  const body = (await response.json()) as { id: number };
  if (response.status !== 202) throw new Error(JSON.stringify(body));
  return body.id;
}

/** Okta's mails, by the users whom they went to. */
export async function mails({ oktaUrl }: TestFleet): Promise<{ userId: string; atMs: number }[]> {
  const response = await fetch(`${oktaUrl}/__simulator/outbox`);
  const all = (await response.json()) as { userId: string; type: string; atMs: number }[];
  return all.filter(({ type }) => type === 'activation');
}

/** Whom EFS references, by Okta's id. */
export async function referenced({ installationUrl }: TestFleet): Promise<Map<string, number>> {
  const rows = await rowsOf<{ uuid: Buffer; user_id: number }>(
    installationUrl,
    'SELECT DISTINCT uuid, user_id FROM iam_portal_user_reference WHERE uuid IS NOT NULL',
  );
  return new Map(rows.map(({ uuid, user_id }) => [uuid.toString('latin1'), user_id]));
}

/** Of whom Portage knows that they have their mail. */
export async function noted({ portageUrl }: TestFleet): Promise<Set<number>> {
  const rows = await rowsOf<{ subject_id: number }>(
    portageUrl,
    "SELECT subject_id FROM activations WHERE state <> 'asked'",
  );
  return new Set(rows.map((row) => Number(row.subject_id)));
}

/** Whom Portage has noted as about to be mailed, by Okta's id: nothing has been heard of the call. */
export async function asked({ portageUrl }: TestFleet): Promise<string[]> {
  const rows = await rowsOf<{ okta_id: string }>(
    portageUrl,
    "SELECT okta_id FROM activations WHERE state = 'asked'",
  );
  return rows.map((row) => row.okta_id);
}

/** Who has a mail that Portage does not know of. */
export async function inHand(fleet: TestFleet): Promise<Set<number>> {
  const people = await referenced(fleet);
  const mailed = (await mails(fleet)).map(({ userId }) => people.get(userId) ?? 0);
  return new Set(mailed).difference(await noted(fleet));
}

export async function untilMailed(fleet: TestFleet, count: number): Promise<void> {
  await eventually(`${count} mails are out`, async () => (await mails(fleet)).length >= count, 60_000);
}

/** Everybody who is referenced has one mail, and nobody else has any; Okta has them as such. */
export async function expectOneMailEach(fleet: TestFleet): Promise<void> {
  const people = await referenced(fleet);
  const sent = (await mails(fleet)).map(({ userId }) => userId);
  expect(sent).toHaveLength(people.size);
  expect(new Set(sent)).toEqual(new Set(people.keys()));
  const users = (await (await fetch(`${fleet.oktaUrl}/__simulator/users`)).json()) as { status: string }[];
  expect(new Set(users.map(({ status }) => status))).toEqual(new Set(['PROVISIONED']));
  expect((await noted(fleet)).size).toBe(people.size);
}

/** Calls in the bucket of creation and activation. */
export async function userCalls({ oktaUrl }: TestFleet): Promise<number> {
  const response = await fetch(`${oktaUrl}/__simulator/counters`);
  return ((await response.json()) as { calls: { byBucket: { users: number } } }).calls.byBucket.users;
}

export async function rowsOf<T>(url: string, sql: string): Promise<(T & RowDataPacket)[]> {
  const connection = await createConnection({ uri: url });
  try {
    return (await connection.query<(T & RowDataPacket)[]>(sql))[0];
  } finally {
    connection.destroy();
  }
}

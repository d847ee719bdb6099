import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Agreement, compare } from './agreement.ts';
import { unaccented } from './mails.ts';
import { readCounters, readUsers } from './okta.ts';
import { rules } from './rules.ts';

/** People of one kind. */
export interface Counts {
  /** Referenced or failed. */
  eligible: number;
  /** Every reference that they need is there. */
  referenced: number;
  /** Wanted, and not completely referenced. */
  failed: number;
  /** Left out by a rule. */
  skipped: number;
}

/** What the installation's tables and the simulator say, and whether they say the same. */
export interface Ends {
  admins: Counts;
  panelists: Counts;
  /** `calls`, `throttled` and `busiestMinute` are those of the bucket that creations count in. */
  okta: { users: number; calls: number; throttled: number; busiestMinute: number };
  /** Those beyond the first. */
  duplicates: { oktaUsers: number; references: number };
  /** People who are referenced although a rule leaves them out. */
  wronglyReferenced: number;
  errorLog: { status: number; code: string; rows: number }[];
  agreement: Agreement;
}

const BUCKET = 'users';

/** Reads both ends and nothing in between: no table, key or answer of Portage's own. */
export async function bothEnds(
  installationUrl: string,
  okta: { url: string; groupId: string },
): Promise<Ends> {
  const connection = await createConnection({ uri: installationUrl, timezone: 'Z' });
  try {
    await connection.query("SET time_zone = '+00:00'");
    const users = new Map<string, { login: string; isMember: boolean }>();
    for await (const { id, login, groupIds } of readUsers(okta.url)) {
      users.set(id, { login, isMember: groupIds.includes(okta.groupId) });
    }
    const { calls, throttled, busiestWindow } = await readCounters(okta.url);
    return {
      admins: await count(connection, ADMINS),
      panelists: await count(connection, PANELISTS),
      okta: {
        users: users.size,
        calls: calls.byBucket[BUCKET] ?? 0,
        throttled: throttled.byBucket[BUCKET] ?? 0,
        busiestMinute: busiestWindow[BUCKET] ?? 0,
      },
      duplicates: {
        oktaUsers: beyondFirst([...users.values()].map(({ login }) => unaccented(login).toLowerCase())),
        references: await duplicateReferences(connection),
      },
      wronglyReferenced: await wronglyReferenced(connection),
      errorLog: await errorLog(connection),
      agreement: await compare(connection, users),
    };
  } finally {
    await connection.end();
  }
}

const companyMail = (column: string) =>
  rules.companyDomains.map((domain) => `IFNULL(TRIM(${column}) LIKE '%@${domain}', FALSE)`).join(' OR ');

const ADMINS = `
  SELECT (IFNULL(p.login_expires_at < CURRENT_DATE, FALSE) OR ${companyMail('p.email')}) AS skipped,
         EXISTS (SELECT 1 FROM iam_user_reference r WHERE r.user_id = p.uid AND r.uuid IS NOT NULL) AS complete,
         EXISTS (SELECT 1 FROM iam_user_reference r WHERE r.user_id = p.uid) AS touched
    FROM users p`;

const PANELISTS = `
  SELECT (p.pstatus IN (${rules.deletedStatuses.join(', ')}) OR ${companyMail('p.u_email')}
           OR NOT EXISTS (SELECT 1 FROM portal_panelists m WHERE m.user_id = p.uid)) AS skipped,
         NOT EXISTS (SELECT 1 FROM portal_panelists m
                      WHERE m.user_id = p.uid
                        AND NOT EXISTS (SELECT 1 FROM iam_portal_user_reference r
                                         WHERE r.user_id = m.user_id AND r.portal_id = m.portal_id
                                           AND r.uuid IS NOT NULL)) AS complete,
         EXISTS (SELECT 1 FROM iam_portal_user_reference r WHERE r.user_id = p.uid) AS touched
    FROM panelists p`;

async function count(connection: Connection, people: string): Promise<Counts> {
  const row = await numbers(
    connection,
    `SELECT SUM(skipped) AS skipped, SUM(NOT skipped AND complete) AS referenced,
            SUM(NOT skipped AND NOT complete) AS failed
       FROM (${people}) people`,
  );
  const { skipped = 0, referenced = 0, failed = 0 } = row;
  return { eligible: referenced + failed, referenced, failed, skipped };
}

async function duplicateReferences(connection: Connection): Promise<number> {
  const { rows = 0 } = await numbers(
    connection,
    `SELECT SUM(n - 1) AS \`rows\`
       FROM (SELECT COUNT(*) AS n FROM iam_user_reference GROUP BY user_id
             UNION ALL
             SELECT COUNT(*) AS n FROM iam_portal_user_reference GROUP BY portal_id, user_id) people`,
  );
  return rows;
}

async function wronglyReferenced(connection: Connection): Promise<number> {
  const { people = 0 } = await numbers(
    connection,
    `SELECT SUM(skipped AND touched) AS people FROM (${ADMINS} UNION ALL ${PANELISTS}) everybody`,
  );
  return people;
}

async function errorLog(connection: Connection): Promise<Ends['errorLog']> {
  const [rows] = await connection.query<(RowDataPacket & { status: number; code: string; rows: number })[]>(
    `SELECT status_code AS status, error_code AS code, COUNT(*) AS \`rows\`
       FROM iam_error_log GROUP BY status_code, error_code ORDER BY COUNT(*) DESC`,
  );
  return rows.map(({ status, code, rows: count }) => ({ status, code, rows: Number(count) }));
}

/** One row of sums; what sums up nothing is 0. */
async function numbers(connection: Connection, sql: string): Promise<Record<string, number>> {
  const [[row]] = await connection.query<RowDataPacket[]>(sql);
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value ?? 0)]));
}

const beyondFirst = (values: string[]) => values.length - new Set(values).size;

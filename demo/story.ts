import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { INSTALLATION } from './configuration.ts';
import type { Fleet } from './fleet.ts';
import { migrate, migrateQuietly } from './migrate.ts';
import { readMailed, readUser } from './okta.ts';
import type { Migration, Operation } from './portage.ts';
import { say } from './say.ts';

/** So many of each kind are mailed, as before mailing all. */
const FIRST = 20;
const MODULE = 'iam_module_active';

/** What came of the first move of an installation. */
export interface Story {
  portals: { eligible: number; done: number; failed: number };
  activated: { admins: number; panelists: number };
  mails: number;
  /** From the first request to create people to the last of them, in seconds. */
  seconds: number;
}

/** Carries an installation over as an operator does, from a look at what would happen to the first mails. */
export async function tellStory(
  fleet: Fleet,
  installationUrl: string,
  perMinute: number,
  signal: AbortSignal,
): Promise<Story> {
  await sayPreflight(fleet);
  await switchOn(fleet);
  const portals = await sayMigration(fleet, 'register-portals', signal);
  const seconds = await migrate(fleet, perMinute, signal);
  await switchOn(fleet);
  const admins = await sayMigration(fleet, 'activate-admins', signal, FIRST);
  const panelists = await sayMigration(fleet, 'activate-panelists', signal, FIRST);
  const mailed = await readMailed(fleet.oktaUrl);
  say('mails', `${mailed.length} in Okta's outbox, to ${new Set(mailed).size} people`);
  if (mailed.length > 0) await sayPerson(fleet, installationUrl, mailed);
  return {
    portals: { eligible: portals.eligible, done: portals.done, failed: portals.failed },
    activated: { admins: admins.done, panelists: panelists.done },
    mails: mailed.length,
    seconds,
  };
}

async function sayPreflight({ portage }: Fleet): Promise<void> {
  const startedMs = performance.now();
  const told = await portage.preflight(INSTALLATION, 'create-panelists');
  const { counts, expected, calls, forecast, findings } = told;
  if (!counts || !expected) throw new Error('The pre-flight could not read the installation');
  const { eligible, skipped, skippedBy } = counts;
  const left = `${skipped} left out${listOf(skippedBy)}`;
  say('pre-flight', `create-panelists: ${eligible} eligible, ${left}`, startedMs);
  say('', `would be ${expected.done} done, ${expected.failed} failed${listOf(expected.failedBy)}`);
  say('', 'whose login an admin is to have shows once the admins are in Okta');
  say('', `${calls} calls, ${forecast?.now.text ?? 'no forecast'}; nothing was written`);
  const others = findings.filter(({ code }) => !Object.hasOwn(expected.failedBy, code));
  for (const { severity, code, message, count } of others) {
    say('', `${severity}: ${count ? `${count} x ` : ''}${code}: ${message}`);
  }
}

/** Says what is missing when Portage refuses it. */
async function switchOn({ portage }: Fleet): Promise<void> {
  const setting = await portage.set(INSTALLATION, MODULE, '1');
  if (setting.kind === 'set') return say('settings', `${MODULE} is 1: EFS may let people in by Okta`);
  say('settings', `${MODULE} to 1 is refused (${setting.code}) as long as there are`);
  for (const each of setting.why) say('', `- ${each}`);
}

async function sayMigration(
  fleet: Fleet,
  operation: Operation,
  signal: AbortSignal,
  first?: number,
): Promise<NonNullable<Migration['counts']>> {
  const startedMs = performance.now();
  const counts = await migrateQuietly(fleet, operation, signal, first);
  const { eligible, done, failed, skipped } = counts;
  const all = first && first <= eligible ? `the first ${eligible}` : `${eligible}`;
  const step = operation.startsWith('activate') ? 'activation' : 'portals';
  const text = `${operation}: ${done} of ${all} done, ${failed} failed, ${skipped} left out`;
  say(step, text, startedMs);
  return counts;
}

interface Reference extends RowDataPacket {
  id: number;
  uid: number;
  portal: string;
  uuid: string;
}

/** One panelist of whom Okta was asked for a mail, at both ends. */
async function sayPerson(
  { oktaUrl, oktaToken }: Fleet,
  installationUrl: string,
  mailed: string[],
): Promise<void> {
  const connection = await createConnection(installationUrl);
  try {
    const [rows] = await connection.query<Reference[]>(
      `SELECT r.id, r.user_id AS uid, p.name AS portal, CONVERT(r.uuid USING latin1) AS uuid
         FROM iam_portal_user_reference r JOIN portals p ON p.id = r.portal_id
        WHERE r.uuid IN (?)
        ORDER BY r.user_id, r.id LIMIT 1`,
      [mailed],
    );
    const [found] = rows;
    if (!found) return;
    const { status, login, groups, apps } = await readUser(oktaUrl, oktaToken, found.uuid);
    say('a person', `panelist ${found.uid} of ${found.portal}: row ${found.id} of iam_portal_user_reference`);
    say('', `names Okta's user ${found.uuid}: ${status}, login ${login}`);
    say('', `groups ${groups.join(', ')}; apps ${apps.join(', ')}`);
  } finally {
    await connection.end();
  }
}

/** ` (12 status, 3 no_portal)`. */
function listOf(by: Readonly<Record<string, number | undefined>>): string {
  const all = Object.entries(by).map(([name, count = 0]) => `${count} ${name}`);
  return all.length > 0 ? ` (${all.join(', ')})` : '';
}

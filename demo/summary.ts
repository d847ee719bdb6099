import { styleText } from 'node:util';
import type { Ends } from './ends.ts';
import type { Plan } from './installation.ts';
import type { Story } from './story.ts';

/** The summary as one line for programs. */
export function toJson({ admins, panelists, okta, duplicates, errorLog }: Ends, story: Story): string {
  const errorLogRows = errorLog.reduce((sum, { rows }) => sum + rows, 0);
  return JSON.stringify({ admins, panelists, okta, duplicates, errorLogRows, ...story });
}

/** The summary for people. */
export function toText(ends: Ends, plan: Plan, story: Story, perMinute: number): string {
  const { portals, seconds } = story;
  const { admins, panelists, okta, duplicates } = ends;
  return [
    styleText('bold', "Summary, from the installation's tables and Okta's counters:"),
    '',
    row('', ['eligible', 'referenced', 'failed', 'skipped']),
    row('admins', [admins.eligible, admins.referenced, admins.failed, admins.skipped]),
    row('panelists', [panelists.eligible, panelists.referenced, panelists.failed, panelists.skipped]),
    '',
    line('Okta', `${plural(okta.users, 'user')}, ${plural(okta.calls, 'call')} to create and activate them`),
    line('Portals', `${portals.done} of ${portals.eligible} registered as apps`),
    line('Mails', mailsText(story)),
    line('Rate', `busiest minute ${okta.busiestMinute} of ${perMinute} calls, ${okta.throttled} throttled`),
    line(
      'Duplicates',
      `${plural(duplicates.oktaUsers, 'Okta user')}, ${plural(duplicates.references, 'reference')}`,
    ),
    line('Error log', errorLogText(ends)),
    line('Time', `${seconds} s from the first request to create people to the last of them`),
    '',
    verdictText(ends, plan, story),
  ].join('\n');
}

/** What must not be; empty when both ends agree. */
export function faultsOf(ends: Ends, plan: Plan, story?: Story): string[] {
  const { agreement, duplicates, wronglyReferenced } = ends;
  const more = agreement.disagreementCount - agreement.disagreements.length;
  return [
    ...agreement.disagreements,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(duplicates.oktaUsers > 0 ? [`${plural(duplicates.oktaUsers, 'Okta user')} too many`] : []),
    ...(duplicates.references > 0 ? [`${plural(duplicates.references, 'reference')} too many`] : []),
    ...(wronglyReferenced > 0 ? [`${wronglyReferenced} referenced although a rule leaves them out`] : []),
    ...deviations(ends, plan),
    ...(story ? storyFaults(story) : []),
  ];
}

/** Of two with one mail either may come first: only the sum of those who fail is certain. */
function deviations({ admins, panelists }: Ends, { admin, panelist }: Plan): string[] {
  const failed = admins.failed + panelists.failed;
  const planned = admin.failed + panelist.failed;
  const left = [admins.skipped - admin.skipped, panelists.skipped - panelist.skipped];
  return [
    ...(failed === planned ? [] : [`${failed} failed, but ${planned} were made to fail`]),
    ...(left.every((difference) => difference === 0)
      ? []
      : ['other people were skipped than were made to be']),
  ];
}

function storyFaults({ portals, activated, mails }: Story): string[] {
  const people = activated.admins + activated.panelists;
  return [
    ...(portals.done === portals.eligible
      ? []
      : [`${portals.eligible - portals.done} of ${portals.eligible} portals have no app`]),
    ...(mails === people ? [] : [`${plural(mails, 'mail')} to ${people} people`]),
  ];
}

function verdictText(ends: Ends, plan: Plan, story: Story): string {
  const faults = faultsOf(ends, plan, story);
  if (faults.length > 0) {
    return [styleText('red', 'The two ends do not agree:'), ...faults.map((each) => `  ${each}`)].join('\n');
  }
  const good = styleText('green', 'Both ends agree:');
  return `${good} each of the ${plural(ends.agreement.references, 'reference')} names an Okta user of the right login in the
installation's group, and each of the ${plural(ends.okta.users, 'Okta user')} is referenced by one person.`;
}

function mailsText({ activated: { admins, panelists }, mails }: Story): string {
  return `${plural(mails, 'mail')} to ${plural(admins, 'admin')} and ${plural(panelists, 'panelist')}`;
}

function errorLogText({ errorLog }: Ends): string {
  if (errorLog.length === 0) return 'no row in iam_error_log';
  return `iam_error_log has ${errorLog.map(({ status, code, rows }) => `${rows} x ${status} ${code}`).join(', ')}`;
}

const row = (name: string, cells: (string | number)[]) =>
  `  ${name.padEnd(11)}${cells.map((cell) => String(cell).padStart(12)).join('')}`;
const line = (name: string, text: string) => `  ${name.padEnd(11)} ${text}`;
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

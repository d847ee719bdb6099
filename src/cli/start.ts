import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Static } from 'typebox';
import type { Preflight } from '../api/preflight-schemas.ts';
import type { NewMigration, StartedMigration } from '../api/schemas.ts';
import { type Operation, operationNames } from '../domain/operations.ts';
import { type Confirmation, confirmations } from '../domain/options.ts';
import { MINUTE } from '../time.ts';
import { ask } from './ask.ts';
import { callApi, download } from './call-api.ts';
import { API_HELP, EXIT, examples } from './exit-codes.ts';
import { follow } from './follow.ts';
import { migrationText } from './migration-text.ts';
import {
  type Format,
  fail,
  formatOf,
  misused,
  type OutputOptions,
  print,
  printLines,
  withOutput,
} from './output.ts';
import { errorsOf, preflightText } from './preflight.ts';
import { readIds } from './read-ids.ts';

interface Wanted extends OutputOptions {
  installation: string;
  portal?: number;
  first?: number;
  ids?: string;
  olderThan?: number;
  mailsPerMinute?: number;
  mailsPerDay?: number;
  confirm?: Confirmation[];
}

interface Start extends Wanted {
  yes?: boolean;
  follow?: boolean;
  dryRun?: boolean;
}

/** It looks at everybody: the API itself gives up after 15 min, and says so. */
const PREFLIGHT_MS = 16 * MINUTE;
/** What the API asks Okta for at most. */
const MOST_SAMPLED = 200;
const DRY_RUN = '/v1/migrations?dryRun=true';

type Started = Static<typeof StartedMigration>;

/** `portage start` and `portage preflight`. */
export function startCommands(program: Command): void {
  describe(program.command('start'), 'start a migration, after its pre-flight')
    .option('--yes', 'do not ask before it starts')
    .option('--follow', 'show it until it has ended')
    .option('--dry-run', 'the pre-flight only')
    .addHelpText(
      'after',
      examples(
        'portage start create-admins --installation musterpanel',
        'portage start create-panelists --installation musterpanel --first 100 --follow',
        'portage start activate-panelists --installation musterpanel --portal 3 --mails-per-minute 60 --yes',
        'portage start create-panelists --installation musterpanel --ids chosen.txt --yes | jq "select(.state)"',
      ) + API_HELP,
    )
    .action(async (operation: Operation, options: Start) => {
      if (options.dryRun) return preflight(operation, options);
      const body = bodyOf(operation, options);
      if (body) await start(body, options);
    });

  describe(
    program.command('preflight'),
    'tell what a migration would do and what is in its way; write nothing',
  )
    .option('--mails', 'as CSV instead: who would get a mail when, with the addresses')
    .option('--sample <n>', 'ask Okta for so many of the logins, up to 200', toSample)
    .addHelpText(
      'after',
      examples(
        'portage preflight create-panelists --installation musterpanel',
        'portage preflight activate-admins --installation musterpanel --mails > mails.csv',
        "portage preflight activate-admins --installation musterpanel | jq '.findings[]'",
      ) + API_HELP,
    )
    .action(preflight);
}

/** What both commands take. */
function describe(command: Command, description: string): Command {
  return withOutput(
    command
      .description(description)
      .addArgument(new Argument('<operation>', 'what is to be done').choices(operationNames))
      .requiredOption('--installation <name>', 'as the configuration names it', once)
      .option('--portal <id>', 'only this portal, or its panelists', toCount)
      .option('--first <n>', 'only the first so many who are eligible, by id', toCount)
      .option('--ids <file>', 'only these ids, from a file; - is standard input', once)
      .option('--older-than <days>', 'only whose last mail is older', toCount)
      .option('--mails-per-minute <n>', 'no more mails in any minute', toCount)
      .option('--mails-per-day <n>', 'no more mails in any 24 hours', toCount)
      .addOption(
        new Option(
          '--confirm <word>',
          `do what can do harm, again for each: ${confirmations.join(', ')}`,
        ).argParser(toConfirmations),
      ),
  );
}

async function preflight(
  operation: Operation,
  options: Wanted & { mails?: boolean; sample?: number },
): Promise<void> {
  const body = bodyOf(operation, options);
  if (!body) return;
  if (options.mails) {
    const reply = await download(process.env, { path: DRY_RUN, body, accept: 'text/csv' }, process.stdout);
    if (reply.kind === 'failed') fail(reply);
    return;
  }
  const found = await showPreflight(body, formatOf(options), options.sample);
  if (found && errorsOf(found) > 0) process.exitCode = EXIT.refused;
}

async function start(body: NewMigration, { yes, follow: isFollowed, ...options }: Start): Promise<void> {
  const format = formatOf(options);
  const found = await showPreflight(body, format);
  if (!found) return;
  if (!yes && !(await isWanted(errorsOf(found)))) return;
  const reply = await callApi<Started>(process.env, 'POST', '/v1/migrations', body);
  if (reply.kind === 'failed') return fail(reply);
  showStarted(reply.body, format);
  if (isFollowed) await follow(process.env, reply.body.id, format);
}

async function isWanted(errors: number): Promise<boolean> {
  const found =
    errors > 0 ? `The pre-flight has found ${errors === 1 ? 'an error' : `${errors} errors`}. ` : '';
  const answer = await ask(`${found}Start it?`);
  if (answer === 'silent')
    misused('Nothing was started: nobody is there to be asked. Say --yes to start it.');
  if (answer === 'no') {
    console.error('Nothing was started.');
    process.exitCode = EXIT.refused;
  }
  return answer === 'yes';
}

/** The pre-flight, shown; undefined when there is none, and the exit code says why. */
async function showPreflight(
  body: NewMigration,
  format: Format,
  sample?: number,
): Promise<Preflight | undefined> {
  const path = sample === undefined ? DRY_RUN : `${DRY_RUN}&sample=${sample}`;
  const reply = await callApi<Preflight>(process.env, 'POST', path, body, PREFLIGHT_MS);
  if (reply.kind === 'failed') {
    fail(reply);
    return undefined;
  }
  if (format === 'text') print(preflightText(reply.body));
  else printLines([reply.body]);
  return reply.body;
}

function showStarted(started: Started, format: Format): void {
  if (format === 'json') printLines([started]);
  else {
    print(migrationText(started));
    print(`  estimate  ${started.estimate?.text ?? 'none'}\n  portage status ${started.id} --follow`);
  }
}

/** The body of a request; undefined when its ids cannot be read, and the exit code says so. */
function bodyOf(operation: Operation, options: Wanted): NewMigration | undefined {
  const { installation, portal, first, olderThan, mailsPerMinute, mailsPerDay, confirm } = options;
  const read = options.ids === undefined ? undefined : readIds(options.ids);
  if (read?.kind === 'faulty') {
    misused(read.why);
    return undefined;
  }
  const selection = defined({ portal, first, ids: read?.ids });
  const how = defined({ olderThanDays: olderThan, mailsPerMinute, mailsPerDay, confirm });
  return { installation, operation, ...(selection && { selection }), ...(how && { options: how }) };
}

type Defined<T> = { [Key in keyof T]?: NonNullable<T[Key]> };

/** What is defined of it; undefined when nothing is. */
function defined<T extends object>(values: T): Defined<T> | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as Defined<T>) : undefined;
}

/** For an option of one value: said again, it would silently replace what was said before. */
export function once(text: string, before?: unknown): string {
  if (before !== undefined) throw new InvalidArgumentError('It was given before: say it once.');
  return text;
}

export function toCount(text: string, before?: number): number {
  if (!/^[1-9]\d{0,14}$/.test(once(text, before)))
    throw new InvalidArgumentError('It is a number, 1 or more.');
  return Number(text);
}

function toSample(text: string, before?: number): number {
  if (!/^\d{1,3}$/.test(once(text, before)) || Number(text) > MOST_SAMPLED)
    throw new InvalidArgumentError(`It is a number, 0 to ${MOST_SAMPLED}.`);
  return Number(text);
}

function toConfirmations(word: string, before: Confirmation[] = []): Confirmation[] {
  const known = confirmations.find((each) => each === word);
  if (!known) throw new InvalidArgumentError(`It is one of ${confirmations.join(', ')}.`);
  return [...new Set([...before, known])];
}

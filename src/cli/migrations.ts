import type { Command } from 'commander';
import type { Static } from 'typebox';
import type { FailureList, Migration, MigrationList, Retried, Skipped } from '../api/schemas.ts';
import { callApi } from './call-api.ts';
import { API_HELP, examples } from './exit-codes.ts';
import { follow } from './follow.ts';
import { migrationTable, migrationText } from './migration-text.ts';
import {
  colour,
  fail,
  formatOf,
  misused,
  number,
  type OutputOptions,
  print,
  printLines,
  show,
  withOutput,
} from './output.ts';
import { pages } from './pages.ts';
import { readIds } from './read-ids.ts';
import { once, toCount } from './start.ts';
import { table } from './table.ts';

interface Followed extends OutputOptions {
  follow?: boolean;
}

/** `portage status`, `failures`, `skipped`, `retry`, `pause` and `resume`. */
export function migrationCommands(program: Command): void {
  withOutput(program.command('status'))
    .description('show a migration, or the last 20')
    .argument('[id]', 'its number', toCount)
    .option('--follow', 'show it until it has ended, or waits for somebody')
    .addHelpText(
      'after',
      examples(
        'portage status',
        'portage status 7',
        'portage status 7 --follow',
        'portage status 7 --json | jq .counts',
      ) + API_HELP,
    )
    .action(status);

  withOutput(program.command('failures'))
    .description('list who has failed in a migration, and what to do about it')
    .argument('<id>', 'its number', toCount)
    .option('--code <code>', 'only failures of this code', once)
    .addHelpText(
      'after',
      examples(
        'portage failures 7',
        'portage failures 7 --code mail_invalid --json | jq .subjectId > ids.txt',
      ) + API_HELP,
    )
    .action(failures);

  withOutput(program.command('skipped'))
    .description('tell who is left out of a migration, and why')
    .argument('<id>', 'its number', toCount)
    .option('--reason <reason>', 'whose ids are wanted', once)
    .addHelpText('after', examples('portage skipped 7', 'portage skipped 7 --reason no_portal') + API_HELP)
    .action(skipped);

  withOutput(program.command('retry'))
    .description('offer again who has failed in a migration')
    .argument('<id>', 'its number', toCount)
    .option('--code <code>', 'only failures of this code', once)
    .option('--ids <file>', 'only these ids, from a file; - is standard input', once)
    .option('--follow', 'show it until it has ended, or waits for somebody')
    .addHelpText(
      'after',
      examples(
        'portage retry 7',
        'portage retry 7 --code mail_invalid --follow',
        'portage retry 7 --ids ids.txt',
      ) + API_HELP,
    )
    .action(retry);

  withOutput(program.command('pause'))
    .description('stop a migration until it is resumed')
    .argument('<id>', 'its number', toCount)
    .addHelpText('after', examples('portage pause 7') + API_HELP)
    .action(pause);

  withOutput(program.command('resume'))
    .description('let a held or paused migration go on')
    .argument('<id>', 'its number', toCount)
    .option('--accept-refusals', 'whoever is refused is to fail, however many they are')
    .option('--follow', 'show it until it has ended, or waits for somebody')
    .addHelpText('after', examples('portage resume 7', 'portage resume 7 --accept-refusals') + API_HELP)
    .action(resume);
}

async function status(id: number | undefined, options: Followed): Promise<void> {
  const format = formatOf(options);
  if (id === undefined) {
    if (options.follow) return misused('Say which migration is to be followed: portage status <id> --follow');
    const reply = await callApi<Static<typeof MigrationList>>(process.env, 'GET', '/v1/migrations?limit=20');
    const parts = { text: (body: Static<typeof MigrationList>) => migrationTable(body.migrations) };
    return show(reply, format, { ...parts, lines: ({ migrations }) => migrations });
  }
  if (options.follow) return follow(process.env, id, format);
  const reply = await callApi<Migration>(process.env, 'GET', `/v1/migrations/${id}`);
  return show(reply, format, { text: migrationText, lines: (migration) => [migration] });
}

type Failures = Static<typeof FailureList>;

async function failures(id: number, options: OutputOptions & { code?: string }): Promise<void> {
  const format = formatOf(options);
  const byCode = new Map<string, number>();
  for await (const reply of pages<Failures>(process.env, `/v1/migrations/${id}/failures?limit=1000`)) {
    if (reply.kind === 'failed') return fail(reply);
    const wanted = reply.body.failures.filter(({ code }) => !options.code || code === options.code);
    for (const { code } of wanted) byCode.set(code, (byCode.get(code) ?? 0) + 1);
    if (format === 'json') printLines(wanted);
    else if (wanted.length > 0) print(table(['ID', 'CODE', 'MESSAGE'], wanted.map(failureRow)));
  }
  if (format === 'json') return;
  const counted = [...byCode].map(([code, n]) => `${number(n)} ${code}`);
  const nobody = options.code ? `Nobody has failed with ${options.code}.` : 'Nobody has failed.';
  print(counted.length > 0 ? colour('dim', counted.join(', ')) : nobody);
}

const failureRow = ({ subjectId, code, message, okta }: Failures['failures'][number]) => [
  subjectId,
  code,
  okta ? `${message} (Okta: ${[okta.status, okta.code, okta.text].join(' ').trim()})` : message,
];

async function skipped(id: number, options: OutputOptions & { reason?: string }): Promise<void> {
  const format = formatOf(options);
  const { reason } = options;
  const path = `/v1/migrations/${id}/skipped`;
  if (reason === undefined) {
    const reply = await callApi<Static<typeof Skipped>>(process.env, 'GET', path);
    return show(reply, format, {
      lines: ({ reasons }) => reasons,
      text: ({ at, reasons }) => {
        if (at === null) return 'They have not been counted yet.';
        const rows = reasons.map(({ reason: each, count, message }) => [count, each, message]);
        return rows.length > 0 ? table(['COUNT', 'REASON', 'MEANS'], rows) : 'Nobody is left out.';
      },
    });
  }
  const query = new URLSearchParams({ reason, limit: '1000' });
  for await (const reply of pages<Static<typeof Skipped>>(process.env, `${path}?${query.toString()}`)) {
    if (reply.kind === 'failed') return fail(reply);
    const { ids } = reply.body;
    if (format === 'json') printLines((ids ?? []).map((each) => ({ id: each, reason })));
    else print((ids ?? []).join('\n'));
  }
}

async function retry(id: number, options: Followed & { code?: string; ids?: string }): Promise<void> {
  const read = options.ids === undefined ? undefined : readIds(options.ids);
  if (read?.kind === 'faulty') return misused(read.why);
  const wanted = { ...(options.code && { code: options.code }), ...(read && { ids: read.ids }) };
  const format = formatOf(options);
  const reply = await callApi<Static<typeof Retried>>(
    process.env,
    'POST',
    `/v1/migrations/${id}/retry`,
    wanted,
  );
  show(reply, format, {
    lines: (retried) => [retried],
    text: ({ qualified, migration }) =>
      qualified === 0
        ? 'Nobody is offered again: no such failure is recorded.'
        : `${number(qualified)} offered again.\n${migrationText(migration)}`,
  });
  if (reply.kind === 'ok' && options.follow) await follow(process.env, id, format);
}

async function pause(id: number, options: OutputOptions): Promise<void> {
  const reply = await callApi<Migration>(process.env, 'POST', `/v1/migrations/${id}/pause`);
  show(reply, formatOf(options), { text: migrationText, lines: (migration) => [migration] });
}

async function resume(id: number, options: Followed & { acceptRefusals?: boolean }): Promise<void> {
  const format = formatOf(options);
  const path = `/v1/migrations/${id}/resume${options.acceptRefusals ? '?acceptRefusals=true' : ''}`;
  const reply = await callApi<Migration>(process.env, 'POST', path);
  show(reply, format, { text: migrationText, lines: (migration) => [migration] });
  if (reply.kind === 'ok' && options.follow) await follow(process.env, id, format);
}

import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Static } from 'typebox';
import type {
  Emptied,
  SettingComparison,
  SettingDetails,
  SettingList,
  SettingView,
  TokenData,
} from '../api/setting-schemas.ts';
import { ask, readSecret } from './ask.ts';
import { callApi } from './call-api.ts';
import { API_HELP, EXIT, examples } from './exit-codes.ts';
import { colour, formatOf, misused, number, type OutputOptions, show, withOutput } from './output.ts';
import { once } from './start.ts';
import { table } from './table.ts';

interface Of extends OutputOptions {
  installation: string;
}

/** `portage settings`. */
export function settingCommands(program: Command): void {
  const settings = program
    .command('settings')
    .description("read, compare and set an installation's iam_ settings")
    .addHelpText('after', API_HELP);
  const command = (name: string) =>
    withOutput(settings.command(name)).requiredOption(
      '--installation <name>',
      'as the configuration names it',
      once,
    );

  command('list')
    .description('list them, secrets only as set')
    .addHelpText('after', examples('portage settings list --installation musterpanel') + API_HELP)
    .action(list);

  command('get')
    .description('show one, and who has changed it by Portage')
    .argument('<key>')
    .addHelpText(
      'after',
      examples('portage settings get iam_module_active --installation musterpanel') + API_HELP,
    )
    .action(get);

  command('set')
    .description('set one, and read it back')
    .argument('<key>')
    .argument('[value]')
    .option('--stdin', 'take the value from standard input, or ask for it unseen: no shell keeps it')
    .addOption(
      new Option(
        '--confirm <word>',
        'incomplete: iam_module_active may be 1 although something is missing',
      ).choices(['incomplete']),
    )
    .addHelpText(
      'after',
      examples(
        'portage settings set iam_module_active 1 --installation musterpanel',
        'portage settings set iam_api_token --stdin --installation musterpanel < token.txt',
      ) + API_HELP,
    )
    .action(set);

  command('compare')
    .description("compare them with another installation's, or with a file's")
    .option('--with <name>', 'the other installation', once)
    .option('--file <file>', 'a JSON object of keys and values; - is standard input', once)
    .option('--all', 'also those that are the same')
    .addHelpText(
      'after',
      examples(
        'portage settings compare --installation musterpanel --with testpanel',
        'portage settings compare --installation musterpanel --file new-org.json --all',
      ) + API_HELP,
    )
    .action(compare);

  command('token-data')
    .description('tell how much is in iam_token_data, never what; or empty it')
    .option('--empty', 'delete all its rows: whoever is logged in has to log in again')
    .option('--yes', 'do not ask before that')
    .addHelpText('after', examples('portage settings token-data --installation musterpanel') + API_HELP)
    .action(tokenData);
}

const pathOf = ({ installation }: Of) => `/v1/installations/${encodeURIComponent(installation)}`;

async function list(options: Of): Promise<void> {
  const reply = await callApi<Static<typeof SettingList>>(process.env, 'GET', `${pathOf(options)}/settings`);
  show(reply, formatOf(options), {
    lines: ({ settings }) => settings,
    text: ({ settings }) => {
      const rows = settings.map((each) => [each.key, each.owner ?? '', textOf(each)]);
      return rows.length > 0 ? table(['KEY', 'OWNER', 'VALUE'], rows) : 'No iam_ setting is set.';
    },
  });
}

async function get(key: string, options: Of): Promise<void> {
  const path = `${pathOf(options)}/settings/${encodeURIComponent(key)}`;
  const reply = await callApi<SettingDetails>(process.env, 'GET', path);
  show(reply, formatOf(options), { lines: (setting) => [setting], text: detailsText });
}

async function set(
  key: string,
  given: string | undefined,
  options: Of & { stdin?: boolean; confirm?: 'incomplete' },
): Promise<void> {
  if ((given === undefined) === !options.stdin) return misused('Give either a value or --stdin.');
  const value = given ?? (await readSecret(`${key}: `));
  if (value === undefined) return misused('Nothing was set.');
  const body = { value, ...(options.confirm && { confirm: [options.confirm] }) };
  const path = `${pathOf(options)}/settings/${encodeURIComponent(key)}`;
  const reply = await callApi<SettingDetails>(process.env, 'PUT', path, body);
  show(reply, formatOf(options), { lines: (setting) => [setting], text: detailsText });
}

async function compare(options: Of & { with?: string; file?: string; all?: boolean }): Promise<void> {
  if ((options.with === undefined) === (options.file === undefined))
    return misused('Give either --with or --file.');
  const path = `${pathOf(options)}/settings/compare`;
  const values = options.file === undefined ? undefined : readValues(options.file);
  if (values?.kind === 'faulty') return misused(values.why);
  const query = new URLSearchParams({ with: options.with ?? '' });
  const reply = values
    ? await callApi<SettingComparison>(process.env, 'POST', path, { values: values.values })
    : await callApi<SettingComparison>(process.env, 'GET', `${path}?${query.toString()}`);
  const wanted = ({ settings }: SettingComparison) => settings.filter(({ same }) => options.all || !same);
  show(reply, formatOf(options), {
    lines: wanted,
    text: (body) => {
      const rows = wanted(body).map((each) => [
        each.key,
        each.owner ?? '',
        each.same ? 'same' : 'differs',
        textOf({ ...each, ...each.here }),
        textOf({ ...each, ...each.there }),
      ]);
      return rows.length > 0 ? table(['KEY', 'OWNER', '', 'HERE', 'THERE'], rows) : 'They are all the same.';
    },
  });
  if (reply.kind === 'ok' && reply.body.settings.some(({ same }) => !same)) process.exitCode = EXIT.refused;
}

type Values = { kind: 'values'; values: unknown } | { kind: 'faulty'; why: string };

function readValues(file: string): Values {
  try {
    return { kind: 'values', values: JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) };
  } catch (error) {
    // The parser's own message quotes the file, which may hold secrets.
    const why =
      error instanceof SyntaxError ? 'is no well-formed JSON' : (error as NodeJS.ErrnoException).code;
    return { kind: 'faulty', why: `${file} cannot be read (${why})` };
  }
}

async function tokenData(options: Of & { empty?: boolean; yes?: boolean }): Promise<void> {
  const path = `${pathOf(options)}/token-data`;
  const format = formatOf(options);
  if (!options.empty) {
    const reply = await callApi<TokenData>(process.env, 'GET', path);
    return show(reply, format, { lines: (size) => [size], text: tokenDataText });
  }
  const answer = options.yes ? 'yes' : await ask(`Empty iam_token_data of ${options.installation}?`);
  if (answer === 'silent')
    return misused('Nothing was deleted: nobody is there to be asked. Say --yes to delete it.');
  if (answer === 'no') {
    console.error('Nothing was deleted.');
    process.exitCode = EXIT.refused;
    return;
  }
  const reply = await callApi<Static<typeof Emptied>>(process.env, 'DELETE', path);
  show(reply, format, {
    lines: (emptied) => [emptied],
    text: ({ deleted }) => `${number(deleted)} rows deleted.`,
  });
}

const tokenDataText = ({ rows, bytes, createdAt, lastWrittenAt }: TokenData) =>
  `${number(rows)} rows, ${number(bytes)} bytes on disk; none is older than ${createdAt ?? '(not known)'}; last written: ${lastWrittenAt ?? 'not known'}.`;

function detailsText(setting: SettingDetails): string {
  const lines = setting.changes.map(({ was, is, outcome, confirmed, by, at }) => {
    const from = textOf({ ...setting, ...was });
    const how = [
      ...(outcome === 'written' ? [] : [colour('yellow', outcome)]),
      ...confirmed.map((each) => `${each} confirmed`),
    ];
    return `  ${at}  ${from} -> ${textOf({ ...setting, ...is })}  by ${by}${how.length > 0 ? ` (${how.join(', ')})` : ''}`;
  });
  return [`${colour('bold', setting.key)}  ${textOf(setting)}`, ...lines].join('\n');
}

/** A value as it is shown: of a secret only whether there is one. */
function textOf({ set: has, value }: Pick<SettingView, 'set' | 'value'>): string {
  if (!has) return '(not set)';
  return value ?? '(set, secret)';
}

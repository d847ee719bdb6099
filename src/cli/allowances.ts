import { type Command, InvalidArgumentError } from 'commander';
import type { Allowance, AllowanceChange } from '../api/allowance-schemas.ts';
import { isKeepFree, type KeepFree } from '../domain/keep-free.ts';
import { callApi } from './call-api.ts';
import { API_HELP, examples } from './exit-codes.ts';
import { formatOf, type OutputOptions, show, withOutput } from './output.ts';
import { once } from './start.ts';
import { table } from './table.ts';

/** As configured. */
const NONE = 'none';

/** `portage allowances`: what the API knows of them, and changes. */
export function allowanceCommands(program: Command): void {
  const allowances = withOutput(program.command('allowances'))
    .description("show each of Okta's buckets: the pace, why it is no faster, who spends it")
    .addHelpText(
      'after',
      examples('portage allowances', 'portage allowances --json | jq .summary') + API_HELP,
    )
    .action(async (options: OutputOptions) => {
      const reply = await callApi<{ allowances: Allowance[] }>(process.env, 'GET', '/v1/allowances');
      show(reply, formatOf(options), {
        text: (body) => asTable(body.allowances),
        lines: (body) => body.allowances,
      });
    });

  withOutput(allowances.command('set <org> <bucket>'))
    .description('keep calls of a bucket free for others, in place of the configuration')
    .requiredOption(
      '--keep-free <calls>',
      'calls a minute, a share such as 30%, or none: as configured',
      toKeepFree,
    )
    .option('--for <time>', 'then as configured again: 90s, 30m, 2h or 7d', toSeconds)
    .addHelpText(
      'after',
      examples(
        'portage allowances set acme users --keep-free 30% --for 2h',
        'portage allowances set acme users --keep-free 180',
        'portage allowances set acme users --keep-free none',
      ) + API_HELP,
    )
    .action(
      async (org: string, bucket: string, options: OutputOptions & { keepFree: KeepFree; for?: number }) => {
        const path = `/v1/allowances/${encodeURIComponent(org)}/${encodeURIComponent(bucket)}`;
        const change: AllowanceChange = {
          keepFree: options.keepFree === NONE ? null : options.keepFree,
          ...(options.for !== undefined && { expiresInSeconds: options.for }),
        };
        const reply = await callApi<Allowance>(process.env, 'PATCH', path, change);
        show(reply, formatOf(options), {
          text: (allowance) =>
            [`${nameOf(allowance)}: ${allowance.summary}`, ...overrideLines([allowance])].join('\n'),
          lines: (allowance) => [allowance],
        });
      },
    );
}

function asTable(allowances: Allowance[]): string {
  const rows = allowances.map((each) => [
    each.org,
    each.bucket,
    each.pace.perMinute,
    each.ceiling.perMinute,
    each.othersPerMinute,
    each.inFlight,
    each.waiting,
    each.atOnce?.jobs ?? null,
    each.throttled + each.crowded,
    each.summary,
  ]);
  const headings = [
    'ORG',
    'BUCKET',
    'PACE',
    'CEILING',
    'OTHERS',
    'IN FLIGHT',
    'WAITING',
    'AT ONCE',
    '429',
    'WHY',
  ];
  return [table(headings, rows), ...overrideLines(allowances)].join('\n');
}

const overrideLines = (allowances: Allowance[]): string[] =>
  allowances.flatMap(({ configured: { override }, ...allowance }) => {
    if (!override) return [];
    const until = override.expiresAt ? `until ${override.expiresAt}` : 'until it is set again';
    return `${nameOf(allowance)}: ${override.keepFree} kept free ${until}, by ${override.setBy}`;
  });

const nameOf = ({ org, bucket }: Pick<Allowance, 'org' | 'bucket'>) => `${org} ${bucket}`;

function toKeepFree(text: string, before?: KeepFree): KeepFree {
  const value = /^\d+$/.test(once(text, before)) ? Number(text) : text;
  if (value !== NONE && !isKeepFree(value))
    throw new InvalidArgumentError('It is a number of calls a minute, a share such as 30%, or none.');
  return value;
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 };

function toSeconds(text: string, before?: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(once(text, before)) ?? [];
  const seconds = SECONDS[unit];
  if (!count || !seconds) throw new InvalidArgumentError('It is a number and its unit: 90s, 30m, 2h or 7d.');
  return Number(count) * seconds;
}

import { type App, fleetOf } from '../app.ts';
import { unfinishedOf } from '../db/migrations.ts';
import { type Finding, sorted } from '../domain/finding.ts';
import { inTheWay } from '../domain/in-the-way.ts';
import { type Counts, type Migration, remainingOf } from '../domain/migration.ts';
import { isCreation, isMailing, type Operation, operations, type PersonKind } from '../domain/operations.ts';
import type { FailureCode } from '../domain/outcome.ts';
import type { UserRules } from '../domain/user-schema.ts';
import type { Installation } from '../efs/installation.ts';
import { createOktaClient, type OktaClient } from '../okta/client.ts';
import { queueName } from '../queue/jobs.ts';
import { REDIS_MS, within } from '../within.ts';
import { checkCreation } from './preflight-creation.ts';
import { unknownIds } from './preflight-ids.ts';
import { checkOrg, type OrgFault, toFinding } from './preflight-okta.ts';
import { checkRegistrations, checkUpdates } from './preflight-portals.ts';
import { allowanceOf, lastIdOf, queryOf } from './queries.ts';
import { toMail } from './to-mail.ts';

/** A migration that is thought of. */
export type Wanted = Pick<Migration, 'installation' | 'operation' | 'selection' | 'options'>;

/** What a run would do, as far as can be told now. */
export interface Preflight extends Checked {
  /** People who would be mailed. */
  mails: number;
}

export interface Checked {
  /** Before the run; null: the installation cannot be read. */
  counts: Omit<Counts, 'failed'> | null;
  /** What would become of those who are eligible and not done; null: not told of this operation. */
  expected: { done: number; failed: number; failedBy: Partial<Record<FailureCode, number>> } | null;
  /** Calls of the operation's bucket. */
  calls: number;
  findings: Finding[];
}

export interface Context {
  app: App;
  installation: Installation;
  wanted: Wanted;
  /** Null: not to be asked. */
  okta: OktaClient | null;
  /** Null: not known. */
  rules: UserRules | null;
  /** Logins that Okta may be asked for. */
  sampled: number;
  signal: AbortSignal;
}

/** Looks at the subjects of an operation, and writes nothing. */
export type Check = (context: Context) => Promise<Checked>;

/** Those operations of whose subjects more can be told than how many they are. */
const checks: Partial<Record<Operation, Check>> = {
  'create-admins': checkCreation,
  'create-panelists': checkCreation,
  'register-portals': checkRegistrations,
  'update-portals': checkUpdates,
  'activate-admins': checkMails,
  'activate-panelists': checkMails,
};

/** Tells what a migration would do, by the run's own code. Writes nothing; Okta is only read. */
export async function preflight(
  app: App,
  wanted: Wanted,
  sampled: number,
  signal: AbortSignal,
): Promise<Preflight> {
  signal.throwIfAborted();
  const installation = app.installations.get(wanted.installation);
  if (!installation) throw new Error(`Bug: installation ${wanted.installation} is not open`);
  const [fault, fleet, unfinished] = await Promise.all([
    installation.fault(),
    fleetFindings(app, wanted),
    unfinishedFindings(app, wanted),
  ]);
  const isRedisAway = fleet.some(({ code }) => code === 'redis_unreachable');
  const okta = isRedisAway ? null : openOkta(app, installation);
  try {
    const org = okta && (await checkOrg(app, okta, installation.config, signal, createdBy(wanted)));
    const isAsked = org?.faults.every(({ code }) => !UNASKABLE.has(code));
    const context = { app, installation, wanted, okta: isAsked ? okta : null, rules: org?.rules ?? null };
    const check = checks[wanted.operation] ?? count;
    const checked = fault ? unread(fault) : await check({ ...context, sampled, signal });
    const unknown = fault ? [] : await unknownIds(installation, wanted);
    const findings = [
      ...fleet,
      ...unfinished,
      ...unknown,
      ...(org?.faults ?? []).map(toFinding),
      ...checked.findings,
      ...nothingToDo(checked),
    ];
    const mails = isMailing(wanted.operation) ? checked.calls : 0; // each by one call
    return { ...checked, mails, findings: sorted(findings) };
  } finally {
    okta?.close();
  }
}

/** Whose profiles Okta would be sent. */
function createdBy({ operation }: Wanted): PersonKind[] {
  const { subject } = operations[operation];
  return isCreation(operation) && subject !== 'portal' ? [subject] : [];
}

const toDo = (counts: Omit<Counts, 'failed'>) => remainingOf({ ...counts, failed: 0 });

/** What every operation can be told of: one call for each subject. */
const count: Check = async (context) => {
  const counts = await countsOf(context);
  return { counts, expected: null, calls: toDo(counts), findings: [] };
};

/** Of those who are offered some have their mail by another person, who is the same user in Okta. */
async function checkMails(context: Context): Promise<Checked> {
  const { app, wanted, signal } = context;
  let calls = 0;
  for await (const ids of toMail(app, wanted, signal)) calls += ids.length;
  return { counts: await countsOf(context), expected: null, calls, findings: [] };
}

async function countsOf({ app, wanted }: Context): Promise<NonNullable<Checked['counts']>> {
  const query = queryOf(app, wanted);
  return query.count(wanted.selection, await lastIdOf(query, wanted.selection));
}

function openOkta(app: App, { config }: Installation): OktaClient {
  const org = app.config.orgs[config.org];
  if (!org) throw new Error(`Bug: no org ${config.org} is configured`);
  return createOktaClient(org, fleetOf(app));
}

async function fleetFindings(app: App, wanted: Wanted): Promise<Finding[]> {
  const allowance = allowanceOf(app, wanted);
  const queue = allowance && app.queues.subjects.get(queueName(allowance))?.queue;
  if (!queue) return [];
  try {
    const workers = await within(REDIS_MS, queue.getWorkersCount());
    const message = 'No worker is connected. Start one with `portage worker`.';
    return workers === 0 ? [{ severity: 'warning', code: 'no_worker', message, examples: [] }] : [];
  } catch {
    const message = 'Redis cannot be reached: nobody calls Okta until it can, and Okta was not asked now.';
    return [{ severity: 'error', code: 'redis_unreachable', message, examples: [] }];
  }
}

/** As starting it would find them. */
async function unfinishedFindings({ db }: App, wanted: Wanted): Promise<Finding[]> {
  const connection = await db.getConnection();
  try {
    const unfinished = await unfinishedOf(connection, wanted.installation, wanted.operation);
    const there = inTheWay(unfinished, wanted);
    if (!there) return [];
    if (there.kind === 'existing') {
      const message = `Migration ${there.id} is the same and unfinished: starting it again gives that one.`;
      return [{ severity: 'info', code: 'migration_unfinished', message, examples: [] }];
    }
    const message = `Migration ${there.id} is unfinished and may be about some of the same people: it would be refused. Wait until that has finished.`;
    return [{ severity: 'error', code: 'migration_overlaps', message, examples: [] }];
  } finally {
    connection.release();
  }
}

const unread = (fault: string): Checked => ({
  counts: null,
  expected: null,
  calls: 0,
  findings: [
    {
      severity: 'error',
      code: 'database_unusable',
      message: `The installation's database cannot be read and written (${fault}). See \`portage check --connect\`.`,
      examples: [],
    },
  ],
});

function nothingToDo({ counts }: Checked): Finding[] {
  if (!counts || toDo(counts) > 0) return [];
  const message = counts.eligible > 0 ? 'Everybody is done.' : 'Nobody is eligible: see skippedBy.';
  return [{ severity: 'info', code: 'nothing_to_do', message, examples: [] }];
}

/** Who gets such an answer asks no more. */
const UNASKABLE: ReadonlySet<OrgFault['code']> = new Set([
  'credentials_refused',
  'rights_missing',
  'okta_unreachable',
  'okta_throttled',
  'no_turn',
]);

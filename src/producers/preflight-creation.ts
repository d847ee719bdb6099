import { type Bad, crowdAround } from '../domain/crowd.ts';
import { failureOf } from '../domain/failure.ts';
import { type Finding, Findings, MOST_EXAMPLES } from '../domain/finding.ts';
import { LAST } from '../domain/hold.ts';
import type { SubjectId } from '../domain/ids.ts';
import { LoginTable } from '../domain/login-table.ts';
import type { Counts } from '../domain/migration.ts';
import { operations } from '../domain/operations.ts';
import { type FailureCode, verdicts } from '../domain/outcome.ts';
import { Sample } from '../domain/sample.ts';
import type { UserRules, ValueFault } from '../domain/user-schema.ts';
import type { Installation } from '../efs/installation.ts';
import type { Check, Checked } from './preflight.ts';
import { type InOkta, loginsInOkta, type Prediction, predictCreations } from './preflight-people.ts';
import { type Candidate, existingLogins } from './preflight-sample.ts';

/** Looks at everybody as a worker would, page by page, and asks Okta for some of the logins. */
export const checkCreation: Check = async ({ app, okta, installation, wanted, rules, sampled, signal }) => {
  const { subject: kind } = operations[wanted.operation];
  if (kind === 'portal') throw new Error(`Bug: ${wanted.operation} creates no people`);
  const inOkta = await loginsInOkta(app, installation, kind, signal);
  const people = predictCreations(installation, kind, wanted.selection, inOkta, rules, signal);
  const hasAdmins = kind === 'panelist' && installation.sources.admin;
  const ofAdmins = hasAdmins ? await loginsOfAdmins(installation, inOkta, rules, signal) : null;
  const shared = new Findings();
  const tally = createTally();
  const sample = new Sample<Candidate>(sampled);
  for await (const { id, prediction } of people) {
    tally.add(id, prediction);
    if (prediction.kind !== 'create') continue;
    sample.offer({ id, login: prediction.login });
    if (ofAdmins?.find(prediction.login)) shared.add('info', 'login_of_admin', OF_ADMIN, id);
  }
  const existing = okta ? await existingLogins(okta, installation, kind, sample, signal) : [];
  const checked = tally.checked();
  return {
    ...checked,
    findings: [...checked.findings, ...shared.all(), ...inOkta.unread.map(unread), ...existing],
  };
};

/** Those that the admins are to have who are not in Okta yet. */
async function loginsOfAdmins(
  installation: Installation,
  inOkta: InOkta,
  rules: UserRules | null,
  signal: AbortSignal,
): Promise<LoginTable> {
  const logins = new LoginTable();
  await Array.fromAsync(predictCreations(installation, 'admin', {}, { ...inOkta, logins }, rules, signal));
  return logins;
}

function createTally() {
  const counts: Omit<Counts, 'failed'> = { eligible: 0, done: 0, skipped: 0, skippedBy: {} };
  const failedBy: Partial<Record<FailureCode, number>> = {};
  const findings = new Findings();
  let [done, calls, places] = [0, 0, 0];
  let [bad, crowd]: [Bad[], Bad[]] = [[], []];

  /** Okta's answers are taken to come in the order of the ids; who is unusable is not sent there. */
  function answer(
    id: SubjectId,
    outcome: 'migrated' | 'adopted' | 'refused' | 'taken' | 'duplicate' | 'unusable',
  ): void {
    places += 1;
    if (outcome !== 'unusable') calls += 1;
    if (crowd.length > 0 || verdicts[outcome].tally !== 'failed') return;
    bad = [...bad.filter(({ place }) => place > places - LAST), { place: places, subjectId: id }];
    crowd = crowdAround(places, bad);
  }

  return {
    add(id: SubjectId, prediction: Prediction): void {
      if (prediction.kind === 'skipped') {
        counts.skipped += 1;
        if (prediction.reason) increase(counts.skippedBy, prediction.reason);
        return;
      }
      counts.eligible += 1;
      switch (prediction.kind) {
        case 'done':
          counts.done += 1;
          return;
        case 'refer':
          done += 1;
          return;
        case 'create':
          done += 1;
          answer(id, 'migrated');
          return;
        case 'adopt':
          done += 1;
          answer(id, 'adopted');
          findings.add('info', 'adopted', ADOPTED, id);
          return;
        case 'fail':
          increase(failedBy, prediction.code);
          if (prediction.code === 'login_taken') answer(id, prediction.outcome);
          else answer(id, prediction.code === 'okta_refused' ? 'refused' : 'unusable');
          for (const { code, message } of tellFailure(prediction)) findings.add('warning', code, message, id);
      }
    },

    checked(): Checked {
      const failed = Object.values(failedBy).reduce((sum, n) => sum + n, 0);
      const examples = crowd.slice(0, MOST_EXAMPLES).map(({ subjectId }) => subjectId as SubjectId);
      const held: Finding[] =
        crowd.length > 0 ? [{ severity: 'error', code: 'most_refused', message: MOST, examples }] : [];
      return {
        counts,
        expected: { done, failed, failedBy },
        calls,
        findings: [...held, ...findings.all()],
      };
    },
  };
}

const increase = <K extends string>(numbers: Partial<Record<K, number>>, key: K) => {
  numbers[key] = (numbers[key] ?? 0) + 1;
};

function tellFailure(prediction: Extract<Prediction, { kind: 'fail' }>): { code: string; message: string }[] {
  switch (prediction.code) {
    case 'mail_missing':
    case 'mail_invalid':
    case 'reference_invalid': {
      const { code } = prediction;
      return [{ code, message: failureOf({ kind: 'unusable', code })?.message ?? '' }];
    }
    case 'login_taken':
      return [{ code: 'login_taken', message: TAKEN }];
    case 'okta_refused':
      return prediction.faults.map(({ fault, attribute }) => ({
        code: fault,
        message: values[fault](attribute),
      }));
  }
}

const TAKEN =
  'Another person here has this login already, as Okta compares them: without case and accents. Correct the mail of one of them in EFS.';
const ADOPTED = 'Another person here has this Okta user, who is taken over, as adoptExisting allows.';
const OF_ADMIN =
  'An admin who is not in Okta yet is to have this login, too, and whoever comes second fails or is taken over, see adoptExisting. Create the admins first, then look again.';
const MOST = `More than half of ${LAST} people in a row would fail: the migration would be held. See the other findings, and correct the mapping or the data.`;

const values: Record<ValueFault, (attribute: string) => string> = {
  value_missing: (name) => `${name} is empty, and the org requires it. Fill it in EFS, or map a default.`,
  value_too_long: (name) => `${name} is longer than the org allows. Shorten it in EFS.`,
  value_too_short: (name) => `${name} is shorter than the org allows. Correct it in EFS.`,
  value_not_allowed: (name) => `${name} is not what the org allows there. Correct it in EFS or the mapping.`,
};

const unread = (name: string): Finding => ({
  severity: 'warning',
  code: 'installation_unread',
  message: `The database of ${name}, which shares the org, cannot be read: collisions with its people are not known.`,
  examples: [],
});

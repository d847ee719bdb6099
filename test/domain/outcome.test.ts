import { failureOf } from '../../src/domain/failure.ts';
import { type OktaUserId, oktaUserId } from '../../src/domain/ids.ts';
import { type Outcome, type Verdict, verdicts } from '../../src/domain/outcome.ts';
import { anOktaError } from '../support/factories.ts';

const oktaId = '00u0123456789abcdefG' as OktaUserId;
const error = anOktaError();

/** One of each kind; the compiler names a kind that is forgotten here. */
const outcomes: { [Kind in Outcome['kind']]: Extract<Outcome, { kind: Kind }> } = {
  migrated: { kind: 'migrated', oktaId },
  adopted: { kind: 'adopted', oktaId, error },
  'already-migrated': { kind: 'already-migrated' },
  mailed: { kind: 'mailed' },
  'already-mailed': { kind: 'already-mailed' },
  registered: { kind: 'registered' },
  'app-adopted': { kind: 'app-adopted', error },
  updated: { kind: 'updated' },
  unchanged: { kind: 'unchanged' },
  blocked: { kind: 'blocked', code: 'portal_removed', appId: '0oa0123456789abcdefG' },
  gone: { kind: 'gone' },
  skipped: { kind: 'skipped' },
  undecided: { kind: 'undecided' },
  'not-running': { kind: 'not-running' },
  'already-failed': { kind: 'already-failed' },
  stopping: { kind: 'stopping' },
  orphaned: { kind: 'orphaned', oktaId },
  unusable: { kind: 'unusable', code: 'mail_invalid' },
  missing: { kind: 'missing', error },
  unfit: { kind: 'unfit', status: 'DEPROVISIONED' },
  refused: { kind: 'refused', error },
  outside: { kind: 'outside', error },
  duplicate: { kind: 'duplicate', owner: 'werk/panelist/1', error },
  taken: { kind: 'taken', owner: 'werk/panelist/1', error },
  throttled: { kind: 'throttled', error, waitMs: 1, closing: true, crowded: false },
  misconfigured: { kind: 'misconfigured', cause: 'credentials', error },
  unreachable: { kind: 'unreachable', error },
  unexpected: { kind: 'unexpected', what: 'Error ER_DATA_TOO_LONG' },
};
const each = Object.values(outcomes).map(
  (outcome) => [outcome.kind, outcome, verdicts[outcome.kind]] as const,
);

test('every outcome has a verdict, and every verdict an outcome', () => {
  expect(Object.keys(verdicts).sort()).toEqual(Object.keys(outcomes).sort());
});

test.each(each)(
  '%s: a failure is recorded exactly when there is one to record',
  (_, outcome, verdict: Verdict) => {
    expect(failureOf(outcome) !== undefined).toBe(verdict.failure !== 'never');
  },
);

test.each(each)('%s: a job that fails for good leaves a failure', (_, _outcome, verdict: Verdict) => {
  expect(verdict.job === 'fail' && verdict.failure !== 'at-once').toBe(false);
});

test.each(each)('%s: a failure at once ends the job', (_, _outcome, verdict: Verdict) => {
  expect(verdict.failure === 'at-once' && verdict.job !== 'fail').toBe(false);
});

test.each(each)(
  '%s: an error answer of Okta is logged, and nothing else is',
  (_, outcome, verdict: Verdict) => {
    expect(verdict.errorLog !== 'never').toBe('error' in outcome);
  },
);

test.each(each)(
  '%s: whoever may be in Okta without a reference is looked for again',
  (kind, _outcome, verdict: Verdict) => {
    const waiting = ['undecided', 'not-running', 'already-failed', 'stopping'];
    const broken = ['throttled', 'misconfigured', 'unreachable', 'unexpected', 'blocked', 'outside'];
    expect(verdict.note).toBe([...waiting, ...broken].includes(kind) ? 'keep' : 'delete');
  },
);

test('a 429 costs neither an attempt nor a row for each refused call', () => {
  expect(verdicts.throttled).toEqual({
    job: 'delay',
    failure: 'never',
    errorLog: 'closing',
    tally: 'not-counted',
    note: 'keep',
  });
});

test('an outage is a failure only after the last attempt', () => {
  expect(verdicts.unreachable).toMatchObject({ job: 'retry', failure: 'after-last-attempt' });
});

test("a configuration that Okta refuses is nobody's failure, and no job is spent on it", () => {
  expect(verdicts.misconfigured).toMatchObject({ job: 'complete', failure: 'never' });
});

test.each([
  [outcomes.refused, 'okta_refused'],
  [outcomes.unreachable, 'okta_unavailable'],
  [outcomes.orphaned, 'left_in_okta'],
  [outcomes.unusable, 'mail_invalid'],
  [outcomes.missing, 'missing_in_okta'],
  [outcomes.unfit, 'okta_status'],
  [{ kind: 'unusable', code: 'mail_missing' } as const, 'mail_missing'],
])('the failure of %j has the code %s and says what to do next', (outcome, code) => {
  const failure = failureOf(outcome);
  expect(failure?.code).toBe(code);
  expect(failure?.message).toMatch(/\. .*(offer|Offer|Remove)/);
});

test('a failure keeps what Okta answered', () => {
  expect(failureOf(outcomes.refused)?.okta).toEqual(error);
});

test('who was left in Okta is named by the id there', () => {
  expect(failureOf(outcomes.orphaned)?.message).toContain(oktaId);
});

test.each(['', '00u', `${oktaId}x`, '00u0123456789abcdef-', ` ${oktaId.slice(1)}`])(
  '%j is no id that a reference can hold',
  (text) => {
    expect(() => oktaUserId(text)).toThrow(/^Bug: /);
  },
);

test('an id of 20 letters and digits is one', () => {
  expect(oktaUserId(oktaId)).toBe(oktaId);
});

import type { Creation } from '../../src/db/creations.ts';
import type { Standing } from '../../src/domain/person.ts';
import { createUser } from '../../src/workers/create-user.ts';
import type { Subject } from '../../src/workers/process.ts';

const LONGEST_CALL_MS = 90_000;
const ADA = { id: 7, email: 'ada@example.com', firstName: 'Ada', lastName: 'Byron', extra: {} };
const wanted = { kind: 'wanted', person: ADA, oktaId: null } as Standing;
const gone: Standing = { kind: 'gone' };
const CREATED = { kind: 'ok', body: { id: '00u0000000000000000A' } };
const notFound = { status: 404, code: 'E0000007', text: 'Not found', requestId: null };

/** An attempt at somebody of whom Okta knows nothing (yet): how they stand at each look, and what was noted before. */
function subjectOf(looks: Standing[], earlier: Creation | null, reply: object = CREATED) {
  const [written, created]: [string[], string[]] = [[], []];
  const subject = {
    id: 7,
    migration: { id: 1, operation: 'create-panelists', selection: {} },
    standing: async () => ({ kind: 'open' }),
    installation: {
      sources: { panelist: { find: async () => looks.shift() ?? gone, recordReferences: async () => true } },
      config: { name: 'werk', login: '{email}', markerAttribute: 'employeeNumber', groupId: '00g1' },
    },
    note: {
      find: async () => earlier,
      write: async (login: string) => written.push(login) > 0,
      delete: async () => void written.pop(),
    },
    answered: () => {},
    okta: {
      longestCallMs: LONGEST_CALL_MS,
      turn: async () => ({}),
      getUserSchema: async () => ({ kind: 'refused', error: notFound }),
      getUser: async () => ({ kind: 'refused', error: notFound }),
      createUser: async (_: unknown, { login }: { login: string }) => {
        created.push(login);
        return reply;
      },
    },
  } as unknown as Subject;
  return { subject, written, created };
}

const run = (subject: Subject) => createUser(subject, new AbortController().signal);
const young = (login: string): Creation => ({ login, ageMs: 100 });

test('the login is noted before Okta is asked, and only then', async () => {
  const { subject, written, created } = subjectOf([wanted, wanted], null);
  expect(await run(subject)).toMatchObject({ kind: 'migrated' });
  expect([written, created]).toEqual([[ADA.email], [ADA.email]]);
  const leaving = subjectOf([wanted, gone], null);
  expect(await run(leaving.subject)).toEqual({ kind: 'gone' });
  expect([leaving.written, leaving.created]).toEqual([[], []]);
});

test("who goes while another attempt's call may be under way is not let go yet", async () => {
  // The first look is that of the recovery.
  const { subject, created } = subjectOf([wanted, wanted, gone], young(ADA.email));
  expect(await run(subject)).toEqual({ kind: 'undecided' });
  expect(created).toEqual([]);
});

test("who was renamed while another attempt's call may be under way is not created a second time yet", async () => {
  const { subject, written, created } = subjectOf([wanted, wanted, wanted], young('ada.king@example.com'));
  expect(await run(subject)).toEqual({ kind: 'undecided' });
  expect([written, created]).toEqual([[], []]);
});

test('with the same login nobody waits: Okta lets one of two calls through', async () => {
  const { subject } = subjectOf([wanted, wanted, wanted], young(ADA.email));
  expect(await run(subject)).toMatchObject({ kind: 'migrated' });
});

test('once the earlier call must be over, an end is an end', async () => {
  const old = { login: ADA.email, ageMs: LONGEST_CALL_MS };
  expect(await run(subjectOf([wanted, gone], old).subject)).toEqual({ kind: 'gone' });
  const renamed = subjectOf([wanted, wanted, wanted], { ...old, login: 'ada.king@example.com' });
  expect(await run(renamed.subject)).toMatchObject({ kind: 'migrated' });
});

test('a creation that is refused for the rate is noted no more, unless there may have been an earlier one', async () => {
  const throttled = { kind: 'throttled', error: { ...notFound, status: 429 }, waitMs: 1, closing: true };
  const first = subjectOf([wanted, wanted], null, throttled);
  expect((await run(first.subject)).kind).toBe('throttled');
  const second = subjectOf([wanted, wanted, wanted], young(ADA.email), throttled);
  expect((await run(second.subject)).kind).toBe('throttled');
  expect([first.written, second.written]).toEqual([[], [ADA.email]]);
});

test('whom another attempt has noted while this one waited for its turn is left to the other for now', async () => {
  const { subject, created } = subjectOf([wanted, wanted], null);
  subject.note.write = async () => false;
  expect(await run(subject)).toEqual({ kind: 'undecided' });
  expect(created).toEqual([]);
});

test('whom another attempt carries over before the note is written is not created a second time', async () => {
  const { subject, written, created } = subjectOf([], null);
  const { panelist } = subject.installation.sources;
  if (panelist) panelist.find = async () => (written.length > 0 ? { kind: 'referenced' } : wanted);
  expect(await run(subject)).toEqual({ kind: 'already-migrated' });
  expect([written, created]).toEqual([[], []]);
});

test('who was renamed while the turn was waited for is noted with the login that Okta is asked for', async () => {
  const renamed = { ...wanted, person: { ...ADA, email: 'ada.king@example.com' } } as Standing;
  const { subject, written, created } = subjectOf([wanted, renamed], null);
  expect(await run(subject)).toMatchObject({ kind: 'migrated' });
  expect([written.at(-1), created]).toEqual(['ada.king@example.com', ['ada.king@example.com']]);
});

test("who is referenced while another attempt's call may be under way is not taken for done yet", async () => {
  const referenced: Standing = { kind: 'referenced' };
  const elsewhere = { ...wanted, oktaId: '00u0000000000000000B' } as Standing;
  const ends = async (looks: Standing[], ageMs: number) =>
    (await run(subjectOf(looks, { login: ADA.email, ageMs }).subject)).kind;
  expect(await ends([referenced], 100)).toBe('undecided');
  expect(await ends([referenced], LONGEST_CALL_MS)).toBe('already-migrated');
  expect(await ends([wanted, elsewhere], 100)).toBe('undecided');
  expect(await ends([wanted, elsewhere], LONGEST_CALL_MS)).toBe('migrated');
});

describe('the own user whom Okta will not put into the group', () => {
  const refused = (status: number) => ({ kind: 'refused', error: { ...notFound, status } });
  const found = { id: '00u0000000000000000A', status: 'STAGED' };
  const own = { ...found, profile: { login: ADA.email, employeeNumber: 'werk/panelist/7' } };
  const ends = (added: object, group: object = { kind: 'ok', body: {} }) => {
    const { subject } = subjectOf([wanted], young(ADA.email));
    const replies = {
      getUser: async () => ({ kind: 'ok', body: own }),
      addToGroup: async () => added,
      getGroup: async () => group,
    };
    Object.assign(subject.okta, replies);
    return run(subject);
  };

  test('holds the migration when there is no such group', async () => {
    expect(await ends(refused(404), refused(404))).toMatchObject({ kind: 'misconfigured', cause: 'group' });
  });

  test('is looked for again when the group is there', async () => {
    expect(await ends(refused(404))).toEqual({ kind: 'undecided' });
  });

  test('is tried again when Okta does not say of the group', async () => {
    const unreachable = { kind: 'unreachable', error: { ...notFound, status: 503 } };
    expect(await ends(refused(404), unreachable)).toMatchObject({ kind: 'unreachable' });
  });

  test('is not forgotten when Okta refuses it for another reason', async () => {
    expect(await ends(refused(400))).toMatchObject({ kind: 'outside', error: { status: 400 } });
  });
});

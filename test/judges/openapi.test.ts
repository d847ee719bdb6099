import type { Exchange } from '../../simulator/observer.ts';
import { startSimulator } from '../../simulator/server.ts';
import { approve } from '../support/openapi/approve.ts';
import { readDocuments } from '../support/openapi/document.ts';
import { createJudge } from '../support/openapi/judge.ts';

const TOKEN = 'a-token';

/** The one that everybody has: what the newer one says besides must not matter here. */
const documents = readDocuments('');
const judge = createJudge({ requests: 'all', documents });

const profile = { login: 'ada@example.com', email: 'ada@example.com', firstName: 'Ada', lastName: 'Byron' };

const creation: Exchange = {
  method: 'POST',
  path: '/api/v1/users',
  query: new URLSearchParams({ activate: 'false' }),
  contentType: 'application/json',
  body: { profile, groupIds: ['00g1'] },
  status: 200,
  answer: { id: '00u1', status: 'STAGED', profile },
};

const cases: [string, Partial<Exchange>, string][] = [
  ['a path that is not there', { path: '/api/v1/people' }, 'is in no document'],
  ['another status', { status: 201 }, "the answer's status is none of 200 (npm)"],
  ['an answer without a body', { answer: undefined }, 'the answer has no body (npm)'],
  [
    'a value of another type',
    { answer: { id: '00u1', status: 'STAGED', profile, lastLogin: 7 } },
    'the answer/lastLogin must be string (npm)',
  ],
  [
    'a value that is not on the list',
    { answer: { id: '00u1', status: 'GONE', profile } },
    'the answer/status must be equal to one of the allowed values (ACTIVE, DEPROVISIONED, LOCKED_OUT, PASSWORD_EXPIRED, PROVISIONED, RECOVERY, STAGED, SUSPENDED) (npm)',
  ],
  [
    'a property that nobody knows',
    { answer: { id: '00u1', status: 'STAGED', nickname: 'Ada' } },
    "the answer's /nickname is undocumented",
  ],
  [
    'a property that nobody knows, below a list',
    {
      path: '/api/v1/groups/00g1/users',
      method: 'GET',
      query: new URLSearchParams(),
      body: undefined,
      answer: [{ credentials: { key: 1 } }],
    },
    "the answer's /*/credentials/key is undocumented",
  ],
  [
    'an unknown parameter',
    { query: new URLSearchParams({ activated: 'false' }) },
    'the parameter activated is undocumented',
  ],
  [
    'a parameter of another type',
    { query: new URLSearchParams({ activate: 'no' }) },
    'the parameter activate is no boolean',
  ],
  ['a request without a body', { body: undefined }, 'the body is missing (npm)'],
  [
    'a request of another type',
    { body: { profile, groupIds: 'all' } },
    'the body/groupIds must be array (npm)',
  ],
  ['a request too many', { body: { profile, groups: ['00g1'] } }, "the body's /groups is undocumented"],
];

test("a call as in Okta's documents is not complained of, whatever its profile holds", () => {
  expect(judge(creation)).toEqual([]);
  expect(judge({ ...creation, body: { profile: { ...profile, panelistId: 7 } } })).toEqual([]);
});

test.each(cases)('%s is complained of', (_, change, complaint) => {
  const complaints = judge({ ...creation, ...change });
  expect(complaints.map((text) => text.replace(/^\S+ \S+ \d+: /, ''))).toEqual([complaint]);
});

test('of a refused request only the answer is judged, unless all are', () => {
  const refused = {
    ...creation,
    body: { profile, groups: 7 },
    status: 400,
    answer: { errorCode: 'E0000001' },
  };
  expect(createJudge({ requests: 'accepted', documents })(refused)).toEqual([]);
  expect(judge(refused)).toHaveLength(1);
});

test('of a call that a fault kept from its answer the request is judged, where all are', () => {
  const { answer: _answer, ...call } = creation;
  const unanswered = { ...call, body: { profile, groups: 7 }, status: null };
  expect(judge(unanswered)).toEqual(["POST /api/v1/users unanswered: the body's /groups is undocumented"]);
  expect(judge({ ...call, status: null })).toEqual([]);
  expect(createJudge({ requests: 'accepted', documents })(unanswered)).toEqual([]);
});

test('a simulator whose traffic is complained of, or that was asked for what it does not know, is not approved', async () => {
  const complaining = await startSimulator({ port: 0, token: TOKEN, observe: () => ['it is wrong'] });
  const asked = await startSimulator({ port: 0, token: TOKEN });
  try {
    const get = (url: string) => fetch(url, { headers: { authorization: `SSWS ${TOKEN}` } });
    await approve(complaining.url);
    await get(`${complaining.url}/api/v1/users`);
    await expect(approve(complaining.url)).rejects.toThrow('it is wrong, 1 times');
    await get(`${asked.url}/api/v1/people`);
    await expect(approve(asked.url)).rejects.toThrow('GET /api/v1/people: is not simulated');
    await approve(asked.url, { isAstray: true });
  } finally {
    await complaining.close();
    await asked.close();
  }
});

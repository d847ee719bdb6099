import type { Exchange } from '../../simulator/observer.ts';
import { startSimulator } from '../../simulator/server.ts';
import { approve } from '../support/openapi/approve.ts';
import { type ApiDocument, type Parameter, readDocuments } from '../support/openapi/document.ts';
import { createJudge } from '../support/openapi/judge.ts';
import { judgeQuery } from '../support/openapi/judge-query.ts';

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

const activation: Exchange = {
  method: 'POST',
  path: '/api/v1/users/00u1/lifecycle/activate',
  query: new URLSearchParams({ sendEmail: 'true' }),
  contentType: null,
  body: undefined,
  status: 200,
  answer: {},
};

const deletion: Exchange = {
  method: 'DELETE',
  path: '/api/v1/groups/00g1',
  query: new URLSearchParams(),
  contentType: null,
  body: undefined,
  status: 204,
  answer: undefined,
};

const error = {
  errorCode: 'E0000007',
  errorSummary: 'Not found: Resource not found: 00g1 (UserGroup)',
  errorLink: 'E0000007',
  errorId: 'oae1',
  errorCauses: [],
};
const { errorId: _, ...anonymous } = error;
const oauthError = { error: 'invalid_client', error_description: 'The client_assertion is no JWT.' };

const cases: [string, Partial<Exchange>, string][] = [
  ['a body that is not said to be JSON', { contentType: 'text/plain' }, 'the body is text/plain'],
  ['a path that is not there', { path: '/api/v1/people' }, 'is in no document'],
  ['another status', { status: 201 }, "the answer's status is none of 200 (npm)"],
  ['an answer without a body', { answer: undefined }, 'the answer has no body (npm)'],
  [
    'a value of another type',
    { answer: { id: '00u1', status: 'STAGED', profile, lastLogin: 7 } },
    'the answer/lastLogin must be string, not number (npm)',
  ],
  [
    'a value that is not on the list',
    { answer: { id: '00u1', status: 'GONE', profile } },
    'the answer/status must be equal to one of the allowed values (ACTIVE, DEPROVISIONED, LOCKED_OUT, PASSWORD_EXPIRED, PROVISIONED, RECOVERY, STAGED, SUSPENDED), not string (npm)',
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
    'the body/groupIds must be array, not string (npm)',
  ],
  ['a request too many', { body: { profile, groups: ['00g1'] } }, "the body's /groups is undocumented"],
  [
    'a password that is told',
    { answer: { id: '00u1', status: 'STAGED', profile, credentials: { password: { value: 'secret' } } } },
    'the answer/credentials/password/value must not be there (npm)',
  ],
  [
    'a request that sets what only Okta sets',
    { path: '/api/v1/users/00u1', query: new URLSearchParams(), body: { profile, status: 'ACTIVE' } },
    'the body/status must not be there (npm)',
  ],
  [
    'a parameter left out',
    { ...activation, path: '/api/v1/users/00u1/lifecycle/reset_password', query: new URLSearchParams() },
    'the parameter sendEmail is missing',
  ],
  [
    'a body where there is none',
    { ...activation, body: {}, contentType: 'application/json' },
    'the body {} is undocumented',
  ],
  ['a 204 with a body', { ...deletion, answer: 'gone' }, 'the answer is undocumented'],
  [
    'an error without an id',
    { ...deletion, status: 404, answer: anonymous },
    "the error's errorId is missing",
  ],
  [
    'an error whose causes are none',
    { ...deletion, status: 404, answer: { ...error, errorCauses: ['no'] } },
    "the error's errorCauses is wrong",
  ],
  [
    'an error whose link is of another',
    { path: '/api/v1/people', status: 404, answer: { ...error, errorLink: 'E0000008' } },
    "the error's errorLink is wrong",
  ],
  ['an error without a body', { ...deletion, status: 500, answer: undefined }, 'the error has no body'],
  [
    "an error of the API's at the token endpoint",
    { path: '/oauth2/v1/token', status: 401, answer: { ...oauthError, errorCode: 'E0000011' } },
    "the error's errorCode is undocumented",
  ],
];

test("a call as in Okta's documents is not complained of, whatever its profile holds", () => {
  expect(judge(creation)).toEqual([]);
  expect(judge({ ...creation, body: { profile: { ...profile, panelistId: 7 } } })).toEqual([]);
  expect([activation, deletion].flatMap(judge)).toEqual([]);
});

test('an error has another shape at the token endpoint, unless it came too often', () => {
  const token = { ...creation, path: '/oauth2/v1/token', body: 'grant_type=client_credentials' };
  const errors = [
    { ...deletion, status: 404, answer: error },
    { ...token, status: 401, answer: oauthError },
    { ...token, status: 429, answer: { ...error, errorCode: 'E0000047', errorLink: 'E0000047' } },
  ];
  expect(errors.flatMap(judge)).toEqual([]);
});

const limit: Parameter = { isRequired: false, type: 'integer', allowed: [], least: 20, most: 200 };
const order: Parameter = {
  isRequired: false,
  type: 'string',
  allowed: ['asc', 'desc'],
  least: null,
  most: null,
};

test.each([
  ['limit=20&order=asc', []],
  ['limit=19', ['the parameter limit is less than 20']],
  [
    'limit=201&order=up',
    ['the parameter limit is more than 200', 'the parameter order is none of asc, desc'],
  ],
])('of the query %s is complained as far as it is beyond what is allowed', (query, complaints) => {
  const parameters = new Map([
    ['limit', limit],
    ['order', order],
  ]);
  expect(judgeQuery([parameters, new Map()], new URLSearchParams(query))).toEqual(complaints);
});

/** As the newer document is, as far as a group's description goes. */
const newer: ApiDocument = {
  name: 'newer',
  knowsNull: true,
  schemas: {
    Profile: { type: 'object', properties: { description: { type: 'string' } } },
    Group: { type: 'object', properties: { profile: { $ref: '#/components/schemas/Profile' } } },
  },
  operations: [
    {
      method: 'GET',
      path: '/api/v1/groups/{groupId}',
      pattern: /^\/api\/v1\/groups\/[^/]+$/,
      variables: 1,
      query: new Map(),
      body: null,
      isBodyRequired: false,
      responses: new Map([[200, 'Group']]),
    },
  ],
};

test('where null is right nothing else is', () => {
  const judgeNewer = createJudge({ requests: 'all', documents: [newer] });
  const reading = (description: unknown) =>
    judgeNewer({ ...deletion, method: 'GET', status: 200, answer: { profile: { description } } });
  expect(reading(null)).toEqual([]);
  expect(reading(7)).toEqual([
    'GET /api/v1/groups/{groupId} 200: the answer/profile/description must be string, not number (newer)',
  ]);
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
    answer: error,
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

import type { Exchange, Unanswered } from '../../simulator/observer.ts';
import { eventually } from '../support/eventually.ts';
import { controlOf } from '../support/simulator.ts';
import { person, startOrg, stopAll, type UserBody } from './support.ts';

afterEach(stopAll);

type Seen = Exchange | Unanswered;

async function startObserved() {
  const seen: Seen[] = [];
  const observe = (call: Seen) => {
    seen.push(call);
    return [];
  };
  const org = await startOrg({ observe });
  return {
    org,
    /** Calls are looked at when the complaints are read. */
    seen: async () => {
      await org.control('GET', 'complaints');
      return seen;
    },
  };
}

test('an observer is shown a call as it came, and the answer as it went', async () => {
  const { org, seen } = await startObserved();
  const sent = person('ada@example.com');
  const headers = { 'content-type': 'application/json' };
  const { body } = await org.call<UserBody>('POST', '/users?activate=false', sent, headers);
  expect(await seen()).toEqual([
    {
      method: 'POST',
      path: '/api/v1/users',
      query: new URLSearchParams({ activate: 'false' }),
      contentType: 'application/json',
      body: sent,
      status: 200,
      answer: body,
    },
  ]);
});

test.each([
  ['a reset before the effect', { kind: 'reset', when: 'before' }, null],
  ['a reset after it', { kind: 'reset', when: 'after' }, 200],
  ['a page of a proxy before the effect', { kind: 'html', status: 502 }, null],
  ['a page of a proxy after it', { kind: 'html', status: 502, when: 'after' }, 200],
  ['half an answer', { kind: 'truncated' }, 200],
] as const)('an observer is shown what %s hit, with the answer that Okta had', async (_, fault, status) => {
  const { org, seen } = await startObserved();
  await controlOf(org.url).fail({ times: 1, fault });
  await org.call('POST', '/users?activate=false', person('ada@example.com')).catch(() => 'cut off');
  expect(await seen()).toMatchObject([{ path: '/api/v1/users', body: person('ada@example.com'), status }]);
});

test('an observer is shown a call whose caller does not wait for the answer', async () => {
  const { org, seen } = await startObserved();
  await controlOf(org.url).fail({ times: 1, fault: { kind: 'latency', ms: 60_000 } });
  const caller = new AbortController();
  const options = { headers: { authorization: 'SSWS a-token' }, signal: caller.signal };
  const call = fetch(`${org.url}/api/v1/users`, options).catch(() => 'gave up');
  await eventually('Okta has the call', async () => (await seen()).length === 1);
  caller.abort();
  expect(await call).toBe('gave up');
  expect(await seen()).toMatchObject([{ path: '/api/v1/users', status: 200, answer: [] }]);
});

test('an observer that throws is a complaint, and the caller has the answer', async () => {
  const observe = () => {
    throw new Error('it broke');
  };
  const org = await startOrg({ observe });
  expect((await org.call('GET', '/users')).status).toBe(200);
  await expect(stopAll()).rejects.toThrow('the observer failed: Error: it broke, 1 times');
});

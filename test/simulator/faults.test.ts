import { create, person, startOrg, stopAll } from './support.ts';

afterEach(stopAll);

test('a status fault befalls the matching calls it was told to and has no effect on the org', async () => {
  const org = await startOrg();
  const fault = {
    method: 'POST',
    path: '/api/v1/users',
    skip: 1,
    times: 1,
    fault: { kind: 'status', status: 503 },
  };
  expect((await org.control('POST', 'faults', fault)).status).toBe(201);
  await org.call('GET', '/users');
  const statuses = [];
  for (const login of ['a@b.de', 'c@d.de', 'e@f.de']) {
    statuses.push((await org.call('POST', '/users', person(login))).status);
  }
  expect(statuses).toEqual([200, 503, 200]);
  expect((await org.control<object[]>('GET', 'faults')).body).toEqual([{ id: 1, ...fault, fired: 1 }]);
  expect((await org.control('GET', 'counters')).body).toMatchObject({ users: 2 });
});

test('a 429 fault shuts the whole bucket until its window ends', async () => {
  const org = await startOrg();
  await org.control('POST', 'faults', { times: 1, fault: { kind: 'status', status: 429 } });
  const first = await org.call('POST', '/users', person('ada@example.com'));
  expect(first).toMatchObject({ status: 429, body: { errorCode: 'E0000047' } });
  expect(first.headers.get('x-rate-limit-remaining')).toBe('0');
  const next = await org.call('POST', '/users', person('ada@example.com'));
  expect(next.status).toBe(429);
  expect(next.headers.get('x-rate-limit-reset')).toBe(first.headers.get('x-rate-limit-reset'));
  expect((await org.call('GET', '/users/nobody')).status).toBe(404);
});

test('a connection reset before the commit loses the call, one after it loses the answer', async () => {
  const org = await startOrg();
  const users = async () => (await org.control<{ users: number }>('GET', 'counters')).body.users;
  for (const [when, expected] of [
    ['before', 0],
    ['after', 1],
  ] as const) {
    await org.control('POST', 'faults', { times: 1, fault: { kind: 'reset', when } });
    await expect(org.call('POST', '/users', person('ada@example.com'))).rejects.toThrow();
    expect(await users()).toBe(expected);
  }
  expect((await org.control('GET', 'counters')).body).toMatchObject({ statuses: { reset: 2 } });
});

test('a latency fault holds back the answer, not the effect', async () => {
  const org = await startOrg();
  await org.control('POST', 'faults', { times: 1, fault: { kind: 'latency', ms: 60_000 } });
  const held = org.call('POST', '/users', person('ada@example.com')).catch(() => 'cut off');
  const deadlineMs = performance.now() + 5000;
  let users = 0;
  while (users === 0 && performance.now() < deadlineMs) {
    users = (await org.control<{ users: number }>('GET', 'counters')).body.users;
  }
  expect(users).toBe(1);
  await stopAll();
  expect(await held).toBe('cut off');
});

test('a wrong fault is refused with all that is wrong about it', async () => {
  const org = await startOrg();
  const wrong = {
    method: 'PATCH',
    path: 'users',
    skip: -1,
    often: true,
    fault: { kind: 'status', status: 200 },
  };
  const { status, body } = await org.control<{ faults: string[] }>('POST', 'faults', wrong);
  expect(status).toBe(400);
  expect(body.faults.map((fault) => fault.split(':')[0])).toEqual([
    'often',
    'method',
    'path',
    'times',
    'skip',
    'fault.status',
  ]);
});

test('faults can be cleared', async () => {
  const org = await startOrg();
  await org.control('POST', 'faults', { times: 9, fault: { kind: 'status', status: 500 } });
  expect((await org.control('DELETE', 'faults')).status).toBe(204);
  await create(org, 'ada@example.com');
});

import { DefaultRequestExecutor } from '@okta/okta-sdk-nodejs';
import { stopAll } from '../simulator/support.ts';
import { ada, allOf, judged, oktaClient, refusalOf, startOrg } from './support.ts';

afterEach(stopAll);

/** Not the one for a token. */
const ONE_CALL = { path: '/api/v1/users', times: 1 };

judged('a taken login is told with all that an error of Okta has', async (connect) => {
  const org = await startOrg();
  const client = connect(org);
  await client.userApi.createUser({ body: { profile: ada } });
  const refusal = await refusalOf(client.userApi.createUser({ body: { profile: ada } }));
  expect(refusal).toMatchObject({
    name: 'OktaApiError',
    status: 400,
    errorCode: 'E0000001',
    errorSummary: 'Api validation failed: login',
    errorLink: 'E0000001',
    errorId: expect.stringMatching(/^oae/),
    errorCauses: [
      { errorSummary: 'login: An object with this field already exists in the current organization' },
    ],
    url: `${org.url}/api/v1/users`,
  });
  expect(refusal.message).toMatch(/^Okta HTTP 400 E0000001 Api validation failed: login\. login: An object/);
  expect(refusal.headers.get('x-rate-limit-limit')).toBe('600');
});

test('a wrong token is an error of Okta too', async () => {
  const stranger = oktaClient(await startOrg(), { token: 'another' });
  expect(await refusalOf(stranger.userApi.getUser({ userId: 'ada' }))).toMatchObject({
    name: 'OktaApiError',
    status: 401,
    errorCode: 'E0000011',
  });
});

judged('the page of a proxy is no error of Okta', async (connect) => {
  const org = await startOrg();
  await org.control('POST', 'faults', { ...ONE_CALL, fault: { kind: 'html', status: 502 } });
  expect(await refusalOf(connect(org).userApi.getUser({ userId: 'ada' }))).toMatchObject({
    name: 'HttpError',
    status: 502,
  });
});

judged('the client waits a 429 out by Reset and Date and then succeeds', async (connect) => {
  const org = await startOrg({ windowMs: 1000 });
  await org.control('POST', 'faults', { ...ONE_CALL, fault: { kind: 'status', status: 429 } }); // and until the window ends
  const requestExecutor = new DefaultRequestExecutor({ maxRetries: 2, requestTimeout: 0 });
  const waitsMs: number[] = [];
  requestExecutor.on('backoff', (_request: unknown, _response: unknown, id: string, delayMs: number) => {
    expect(id).toMatch(/^req/);
    waitsMs.push(delayMs);
  });
  const client = connect(org, { requestExecutor });
  expect(await allOf(client.userApi.listUsers())).toEqual([]);
  expect(waitsMs).toHaveLength(1);
  expect([1000, 2000]).toContain(waitsMs[0]);
});

judged(
  'a client that does not wait is told the limit, how much is left, and when to come again',
  async (connect) => {
    const org = await startOrg({ usersPerMinute: 1 });
    const client = connect(org, {
      requestExecutor: new DefaultRequestExecutor({ maxRetries: 0, requestTimeout: 0 }),
    });
    await allOf(client.userApi.listUsers());
    const refusal = await refusalOf(allOf(client.userApi.listUsers()));
    expect(refusal).toMatchObject({
      status: 429,
      errorCode: 'E0000047',
      errorSummary: 'API call exceeded rate limit due to too many requests.',
    });
    const { headers } = refusal;
    expect([headers.get('x-rate-limit-limit'), headers.get('x-rate-limit-remaining')]).toEqual(['1', '0']);
    const retryDate = new Date(Number.parseInt(headers.get('x-rate-limit-reset') ?? '', 10) * 1000);
    const waitMs = retryDate.getTime() - new Date(headers.get('date') ?? '').getTime() + 1000;
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(61_000);
  },
);

judged('the client does not trust two Resets, and so does not wait', async (connect) => {
  const org = await startOrg();
  await org.control('POST', 'faults', { ...ONE_CALL, fault: { kind: 'duplicate-reset' } });
  expect(await refusalOf(connect(org).userApi.getUser({ userId: 'ada' }))).toMatchObject({ status: 429 });
});

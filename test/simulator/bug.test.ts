import { jest } from '@jest/globals';
import { createPortal, portal, startAppOrg } from './apps-support.ts';
import { stopAll } from './support.ts';

afterEach(stopAll);

const DEPTH = 100_000;

test('a call that the simulator fails at is answered 500, and leaves its place to the next', async () => {
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const org = await startAppOrg({ concurrency: 1, observe: null });
  const profile = '{"a":'.repeat(DEPTH) + 1 + '}'.repeat(DEPTH); // too deep to be written again
  const body = JSON.stringify({ ...portal('Portal 1'), profile: 'HERE' }).replace('"HERE"', profile);
  const reply = await org.call('POST', '/apps', body);
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/^okta-simulator: RangeError/));
  said.mockRestore();
  expect(reply).toMatchObject({ status: 500, body: { errorCode: 'E0000009', errorCauses: [] } });
  expect(reply.headers.get('x-okta-request-id')).toMatch(/^req/);
  expect(await createPortal(org, 'Portal 2')).toMatchObject({ status: 'ACTIVE' });
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { create, startOrg, stopAll } from './support.ts';

afterEach(stopAll);

/** The first line of the answer to a request that is written by hand. */
async function statusLineOf(url: string, lines: readonly string[]): Promise<string | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const head = [...lines, `Host: ${hostname}`, 'Authorization: SSWS a-token', 'Connection: close'];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return (await text(socket)).split('\r\n')[0];
}

// Okta, API basics: a POST or PUT without a body needs Content-Length: 0.
test('a POST or PUT that does not say how long it is gets 411, a GET or DELETE need not say it', async () => {
  const org = await startOrg();
  const { id } = await create(org, 'ada@example.com');
  const ask = (first: string, ...rest: string[]) => statusLineOf(org.url, [`${first} HTTP/1.1`, ...rest]);
  const activate = `POST /api/v1/users/${id}/lifecycle/activate`;
  expect(await ask(activate)).toBe('HTTP/1.1 411 Length Required');
  expect(await ask(`PUT /api/v1/users/${id}`)).toBe('HTTP/1.1 411 Length Required');
  expect(await ask(activate, 'Content-Length: 0')).toBe('HTTP/1.1 200 OK');
  expect(await ask(`GET /api/v1/users/${id}`)).toBe('HTTP/1.1 200 OK');
  expect(await ask(`DELETE /api/v1/users/${id}`)).toBe('HTTP/1.1 204 No Content');
});

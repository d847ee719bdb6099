import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { callApi, download } from '../../src/cli/call-api.ts';

let server: Server;
let env: Record<string, string>;
let asked: number;

async function answering(answer: (response: ServerResponse) => void): Promise<void> {
  asked = 0;
  server = createServer((_, response) => {
    asked += 1;
    answer(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  env = { PORTAGE_API_URL: `http://127.0.0.1:${port}/`, PORTAGE_API_KEY: 'a-key\n' };
}
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test.each<[string, (response: ServerResponse) => void]>([
  ['says nothing', () => {}],
  ['stops in the middle', (response) => response.write('{"id":')],
])('an API that %s is told as silent, not as one that is to be started', async (_, answer) => {
  await answering(answer);
  const reply = await callApi(env, 'GET', '/v1/migrations', undefined, 2_000);
  expect(reply).toEqual({
    kind: 'failed',
    why: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ has not answered in time: see its log/)],
    code: 3,
  });
  expect(asked).toBe(1);
});

test('an answer that breaks off ends in words, and what came of it is passed on', async () => {
  await answering((response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('id,kind\r\n', () => response.socket?.resetAndDestroy());
  });
  const to = new PassThrough();
  const reply = await download(env, { path: '/', body: {}, accept: 'text/csv' }, to);
  expect(reply).toMatchObject({ kind: 'failed', why: [expect.stringContaining('(ECONNRESET)')], code: 3 });
  expect(asked).toBe(1);
});

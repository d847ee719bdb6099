import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { bareClientAt, closeAll, closeLater, countingLimiter, profile, startOrg } from './support.ts';

afterEach(closeAll);

/** A proxy that knows CONNECT; whom it was asked to reach, and by whose word. */
async function startTunnel() {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on('connect', (request, client) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://portage:s3cret@127.0.0.1:${port}`, asked };
}

test('calls go through the proxy that is configured, on connections that are kept', async () => {
  const org = await startOrg();
  const { url: proxyUrl, asked } = await startTunnel();
  const okta = bareClientAt(org.url, countingLimiter(), { proxyUrl });
  for (const login of ['ada@example.com', 'eve@example.com']) {
    expect((await okta.createUser(await okta.turn('users'), profile(login), [])).kind).toBe('ok');
  }
  const authorization = `Basic ${Buffer.from('portage:s3cret').toString('base64')}`;
  expect(asked).toEqual([{ target: new URL(org.url).host, authorization }]);
});

test('a proxy that never answers is waited for as long as Okta is', async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.on('error', () => {}).resume();
    closeLater(() => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => void server.close());
  const proxyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const baseUrl of ['https://acme.okta.com', 'http://127.0.0.1:9']) {
    const okta = bareClientAt(baseUrl, countingLimiter(), { proxyUrl, requestTimeoutMs: 3_000 });
    const reply = await okta.getGroup(await okta.turn('group'), 'x');
    expect(reply).toMatchObject({ kind: 'unreachable', error: { code: 'PROXY_TIMEOUT' }, unsent: true });
  }
  expect(connections).toBe(2);
});

test('a proxy that refuses is named, with its status', async () => {
  const server = createServer();
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => void server.close());
  const proxyUrl = `http://portage:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}`;
  const okta = bareClientAt('https://acme.okta.com', countingLimiter(), { proxyUrl });
  const reply = await okta.getGroup(await okta.turn('group'), 'x');
  expect(reply).toMatchObject({
    kind: 'unreachable',
    error: { status: 0, code: 'PROXY_407', text: 'no answer: PROXY_407' },
    unsent: true,
  });
});

test('a proxy that is away is no answer, and its password is in no error', async () => {
  const org = await startOrg();
  const proxyUrl = 'http://portage:s3cret@127.0.0.1:9';
  const okta = bareClientAt(org.url, countingLimiter(), { proxyUrl });
  const reply = await okta.createUser(await okta.turn('users'), profile(), []);
  expect(reply).toMatchObject({ kind: 'unreachable', error: { code: 'ECONNREFUSED' }, unsent: true });
  expect(JSON.stringify(reply)).not.toContain('s3cret');
});

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What a path answers: the first time the first of these, from the last on always the last. */
type Answers = Record<string, { status?: number; body: unknown }[]>;

/** An API that answers as a test wants it, and remembers what it was asked. */
export interface ApiDouble {
  env: Record<string, string>;
  asked: { what: string; body: unknown }[];
  close(): Promise<void>;
}

export async function createApiDouble(answers: Answers): Promise<ApiDouble> {
  const asked: ApiDouble['asked'] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const what = `${request.method} ${request.url}`;
    const times = asked.filter((each) => each.what === what).length;
    asked.push({ what, body: request.headers['content-type'] ? await json(request) : undefined });
    const all = answers[what] ?? [{ status: 404, body: { detail: 'There is nothing.' } }];
    const { status = 200, body } = all[Math.min(times, all.length - 1)] ?? { body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response));
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const { port } = server.address() as AddressInfo;
  return {
    env: { PORTAGE_API_URL: `http://127.0.0.1:${port}`, PORTAGE_API_KEY: 'a-key' },
    asked,
    close: async () => {
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

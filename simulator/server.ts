import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleApi } from './api.ts';
import { sayBug } from './bug.ts';
import { type Control, handleControl } from './control.ts';
import { createDelays, type Delays } from './delays.ts';
import { type GivenOptions, type Options, withDefaults } from './options.ts';
import { createFindings, createState } from './state.ts';

/** Longer than any client idles, so that no kept connection closes under a call. */
const KEEP_ALIVE_MS = 10 * 60_000;

export interface Simulator {
  readonly url: string;
  /** Ends at once, calls in hand included; twice is once. */
  close(): Promise<void>;
}

/** One org on its own port; resolves when it accepts calls. */
export async function startSimulator(given: GivenOptions): Promise<Simulator> {
  const options = withDefaults(given);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const url = `http://${options.host}:${(server.address() as AddressInfo).port}`;
  const delays = createDelays();
  const control = createControl(options, url, delays);
  server.on('request', (request, response) => {
    dispatch(control, delays, request, response, url).catch((error: unknown) => giveUp(response, error));
  });
  return {
    url,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      delays.drop();
      await closed;
    },
  };
}

function createControl(options: Options, url: string, delays: Delays): Control {
  const findings = createFindings();
  let state = createState(options, url, delays, findings);
  return {
    get state() {
      return state;
    },
    reset() {
      state = createState(options, url, delays, findings);
    },
  };
}

/** A path may begin with more than one slash, as recorded. The host is the caller's word: 0.0.0.0 leads nobody back. */
async function dispatch(
  control: Control,
  delays: Delays,
  request: IncomingMessage,
  response: ServerResponse,
  base: string,
): Promise<void> {
  const called = `http://${request.headers.host ?? ''}`;
  const path = (request.url ?? '/').replace(/^\/+/, '/');
  const url = new URL((URL.canParse(called) ? called : base) + path);
  if (url.pathname.startsWith('/__simulator')) return handleControl(control, { request, response, url });
  return handleApi(control.state, delays, request, response, url);
}

/** The caller is not kept waiting. */
function giveUp(response: ServerResponse, error: unknown): void {
  sayBug(error);
  response.destroy();
}

import { performance } from 'node:perf_hooks';
import type { Http, Request } from '../../src/okta/http.ts';
import { createExchanger } from '../../src/okta/exchange.ts';
import { aTurn, countingLimiter } from './support.ts';

/** A process that stands still: nothing of it runs for so long. */
const standStill = (forMs: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
const LATEST_MS = 300;

/** Okta over HTTP; which request was sent, and what was left of the newest turn then. */
function recordingHttp(sendBy: () => number) {
  const sent: { path: string; leftMs: number }[] = [];
  const http: Http = {
    async send({ path }) {
      sent.push({ path, leftMs: sendBy() - performance.now() });
      return { status: 200, headers: {}, text: '{}' };
    },
    close() {},
  };
  return { http, sent };
}

test('a process that stands still while it makes up a request sends nothing with the turns it had', async () => {
  let turn = aTurn({ sendBy: performance.now() + LATEST_MS });
  const limiter = countingLimiter({
    async take() {
      turn = aTurn({
        number: turn.number + 1,
        sendBy: performance.now() + (stalls > 0 ? LATEST_MS : Infinity),
      });
      return turn;
    },
  });
  let stalls = 2;
  let made = 0;
  const request = async (): Promise<Request> => {
    if (stalls-- > 0) standStill(2 * LATEST_MS);
    made += 1;
    return { method: 'GET', path: String(made), headers: {} };
  };
  const { http, sent } = recordingHttp(() => turn.sendBy);

  await createExchanger(http, limiter, 60_000)(turn, request);

  expect(turn.number).toBe(3);
  expect(sent).toEqual([{ path: '3', leftMs: expect.any(Number) }]); // a request of its own for each turn: its proof is new
  expect(sent[0]?.leftMs).toBeGreaterThanOrEqual(0);
});

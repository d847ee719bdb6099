/** One of the processes that share a limiter: it calls as often as the limiter lets it. */
import { subscribe } from 'node:diagnostics_channel';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import got from 'got';
import { clockMs } from './clock.ts';
import type { Call } from './driver.ts';
import { LIMITERS } from './limiters.ts';
import type { FromWorker, Job, Report, ToWorker } from './messages.ts';

const report: Report = { throttledAtMs: [], commands: 0 };
let go: (() => void) | undefined;

countCommands();
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'open':
      return void open(message.job);
    case 'go':
      report.commands = 0;
      return go?.();
    case 'stop':
      return tell({ kind: 'report', report });
  }
});

async function open(job: Job): Promise<void> {
  go = await LIMITERS[job.limiter].open(job.setting, await openCall(job));
  tell({ kind: 'ready' });
}

/** Warm when it resolves: the first call is not to be later than the others. */
async function openCall({ setting, oktaUrl, oktaToken }: Job): Promise<Call> {
  const okta = got.extend({
    prefixUrl: oktaUrl,
    headers: { authorization: `SSWS ${oktaToken}` },
    agent: { http: new Agent({ keepAlive: true }) },
    retry: { limit: 0 },
    throwHttpErrors: false,
  });
  await okta('__simulator/counters');
  let isFirst = true;
  return async () => {
    await sleep(Math.random() * setting.jitterMs);
    const atMs = clockMs();
    if (isFirst) tell({ kind: 'first', atMs });
    isFirst = false;
    const { statusCode, headers } = await okta('api/v1/users?limit=1');
    if (statusCode === 429) report.throttledAtMs.push(atMs);
    return { status: statusCode, headers };
  };
}

/** As ioredis traces them, whoever sends them: Redis' own statistics count what runs inside a script, too. */
function countCommands(): void {
  subscribe('tracing:ioredis:command:start', () => {
    report.commands += 1;
  });
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

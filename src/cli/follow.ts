import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import cliProgress from 'cli-progress';
import type { Migration } from '../api/schemas.ts';
import type { HoldCause } from '../domain/hold.ts';
import { MINUTE, SECOND } from '../time.ts';
import { type ApiReply, callApi } from './call-api.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { endText, nameOf, progressText } from './migration-text.ts';
import { type Format, fail, print, printLines } from './output.ts';

/** The API counts anew every five seconds at most; what holds the pace back changes sooner. */
const EVERY_MS = SECOND;
/** An API that is restarted is back sooner. */
const AWAY_MS = 2 * MINUTE;
const BAR_WIDTH = 24;

/** These are probed; the others wait for somebody. */
const PASSING: readonly (HoldCause | null)[] = ['credentials', 'okta', 'database'];

/** Shows a migration until it ends, or waits for somebody, and sets the exit code. */
export async function follow(env: NodeJS.ProcessEnv, id: number, format: Format): Promise<void> {
  const over = new AbortController();
  const interrupted = once(process, 'SIGINT', { signal: over.signal }).then(
    () => 'interrupted' as const,
    () => 'interrupted' as const,
  );
  const screen = format === 'text' && process.stdout.isTTY ? createBar() : createLines(format);
  const end = await Promise.race([watch(env, id, screen, over.signal), interrupted]);
  over.abort();
  screen.close();
  if (end === 'interrupted') {
    process.exitCode = EXIT.interrupted;
    console.error(`Migration ${id} goes on. To follow it again: portage status ${id} --follow`);
  } else if (end.kind === 'failed') fail(end);
  else {
    if (format === 'text') print(endText(end.body));
    process.exitCode = codeOf(end.body);
  }
}

/** Where a migration is shown while it goes on. */
interface Screen {
  show(migration: Migration): void;
  close(): void;
}

/** Shows each answer until one is the last; an API that is away for a while is asked again. */
async function watch(
  env: NodeJS.ProcessEnv,
  id: number,
  screen: Screen,
  signal: AbortSignal,
): Promise<ApiReply<Migration>> {
  let answeredMs = performance.now();
  for (;;) {
    const reply = await callApi<Migration>(env, 'GET', `/v1/migrations/${id}`);
    if (reply.kind === 'ok') {
      answeredMs = performance.now();
      screen.show(reply.body);
      if (isEnd(reply.body)) return reply;
    } else if (reply.code !== EXIT.unreachable || performance.now() - answeredMs > AWAY_MS) return reply;
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) return reply;
  }
}

const isEnd = ({ state, heldCause }: Migration) =>
  state === 'finished' || state === 'paused' || (state === 'held' && !PASSING.includes(heldCause));

function codeOf({ state, counts }: Migration): ExitCode {
  if (state !== 'finished') return EXIT.waits;
  return (counts?.failed ?? 0) > 0 ? EXIT.refused : EXIT.allDone;
}

/** A line each time that something has changed. */
function createLines(format: Format): Screen {
  let shown = '';
  return {
    show(migration) {
      const { state, counts, wait } = migration;
      const now = JSON.stringify([state, counts, wait?.code]);
      if (now === shown) return;
      shown = now;
      if (format === 'json') printLines([migration]);
      else print(`${nameOf(migration)}: ${progressText(migration)}; ${wait?.message ?? state}`);
    },
    close() {},
  };
}

function createBar(): Screen {
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stdout,
      hideCursor: true,
      linewrap: false,
      clearOnComplete: true,
      gracefulExit: false,
      barsize: BAR_WIDTH,
      format: (options, { progress }, { migration }: { migration: Migration }) => {
        const filled = cliProgress.Format.BarFormat(progress, options);
        const percent = migration.counts ? `${String(Math.floor(progress * 100)).padStart(3)} %` : '    -';
        const line = `${filled} ${percent}  ${progressText(migration)}  ${migration.wait?.message ?? ''}`;
        // A terminal that did not wrap would overwrite its last column.
        return stripVTControlCharacters(line).slice(0, process.stdout.columns - 1);
      },
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    show(migration) {
      const { eligible = 0, remaining = 0 } = migration.counts ?? {};
      const ended = eligible - remaining;
      if (!started) bar.start(eligible, ended, { migration });
      started = true;
      bar.setTotal(eligible);
      bar.update(ended, { migration });
    },
    close: () => bar.stop(),
  };
}

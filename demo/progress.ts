import { type Bar, MultiBar, Presets } from 'cli-progress';
import type { Migration, Operation } from './portage.ts';

/** One look at a run. */
export interface Look {
  migrations: Migration[];
  /** Calls a minute that have come to Okta of late. */
  callsPerMinute: number;
}

/** Shows how migrations are getting on. */
export interface Progress {
  show: (look: Look) => void;
  stop: () => void;
}

const LINE_EVERY_MS = 3_000;
const nameOf = (operation: Operation) => operation.replace(/^.*-/, '');

/** Bars on a terminal, a line every few seconds elsewhere. */
export function openProgress(perMinute: number): Progress {
  return process.stdout.isTTY ? openBars(perMinute) : openLines(perMinute);
}

function openBars(perMinute: number): Progress {
  const multi = new MultiBar(
    {
      format: '  {name} {bar} {text}',
      hideCursor: true,
      gracefulExit: false,
      stream: process.stdout,
      barsize: 24,
      fps: 4,
    },
    Presets.shades_classic,
  );
  const bars = new Map<number, Bar>();
  let below: Bar | undefined;
  return {
    show({ migrations, callsPerMinute }) {
      for (const each of migrations) {
        const name = nameOf(each.operation).padEnd(9);
        const bar = bars.get(each.id) ?? multi.create(1, 0, { name, text: '' });
        bars.set(each.id, bar);
        bar.setTotal(Math.max(1, each.counts?.eligible ?? 1));
        bar.update(each.state === 'finished' && !each.counts?.eligible ? 1 : doneOf(each), {
          text: about(each),
        });
      }
      below ??= multi.create(1, 0, { text: '' }, { format: '  {text}' });
      below.update(0, { text: together(migrations, callsPerMinute, perMinute) });
    },
    stop: () => multi.stop(),
  };
}

function openLines(perMinute: number): Progress {
  const startedMs = performance.now();
  let nextMs = startedMs;
  return {
    show({ migrations, callsPerMinute }) {
      const finished = migrations.every(({ state }) => state === 'finished');
      if (performance.now() < nextMs && !finished) return;
      nextMs = performance.now() + LINE_EVERY_MS;
      const each = migrations.map((migration) => `${nameOf(migration.operation)} ${about(migration)}`);
      const seconds = Math.round((performance.now() - startedMs) / 1_000);
      console.log(`  ${seconds} s: ${[...each, together(migrations, callsPerMinute, perMinute)].join('; ')}`);
    },
    stop() {},
  };
}

function about(migration: Migration): string {
  const { counts, state, etaSeconds } = migration;
  if (!counts) return 'not counted yet';
  const eta = state !== 'finished' && etaSeconds !== null ? `, ${etaSeconds} s to go` : '';
  const done = `${doneOf(migration)} of ${counts.eligible}, ${counts.failed} of them failed`;
  return state === 'finished' ? `${done}, finished` : done + eta;
}

/** The rate of both, and why they are not faster. */
function together(migrations: Migration[], callsPerMinute: number, perMinute: number): string {
  const waits = new Set(migrations.flatMap(({ wait }) => wait?.message ?? []));
  return [`${callsPerMinute} of ${perMinute} calls a minute`, ...waits].join('; ');
}

const doneOf = ({ counts }: Migration) => (counts?.done ?? 0) + (counts?.failed ?? 0);

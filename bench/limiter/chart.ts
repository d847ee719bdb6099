import type { Seen } from './figures.ts';

const SECOND = 1_000;
const WIDTH = 860;
const LEFT = 190;
const RIGHT = 60;
const TOP = 46;
const ROW = 84;
const PLOT = 56;
const BOTTOM = 30;

const STYLE = `
  svg { font: 12px system-ui, sans-serif; --ink: #24292f; --faint: #6e7781; --grid: #d0d7de; --passed: #0969da; --refused: #cf222e; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --faint: #9198a1; --grid: #3d444d; --passed: #4493f8; --refused: #f85149; }
  }
  text { fill: var(--faint); } .name { fill: var(--ink); font-weight: 600; } .title { fill: var(--ink); font-size: 14px; }
  .grid { stroke: var(--grid); stroke-width: 1; } .window { stroke: var(--grid); stroke-dasharray: 2 3; }
  .passed { fill: var(--passed); } .refused { fill: var(--refused); }`;

/**
 * Arrivals per second of each limiter, one row each, all on one scale: the square root of the calls, so that ten
 * a second are seen beside six hundred. What was answered 429 is on top, in red.
 */
export function toSvg(
  all: Readonly<Record<string, Seen>>,
  { seconds, windowMs }: { seconds: number; windowMs: number },
): string {
  const rows = Object.entries(all).map(([name, seen]) => ({ name, seen, bars: barsOf(seen, seconds) }));
  const most = Math.max(1, ...rows.flatMap(({ bars }) => bars.map(({ calls }) => calls)));
  const height = TOP + rows.length * ROW + BOTTOM;
  const x = (second: number) => LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (calls: number) => PLOT * (1 - Math.sqrt(calls / most));
  const steady = Math.max(...rows.map(({ seen }) => seen.allowance / (windowMs / SECOND)));
  const levels = [steady, ...[10, 100, 1_000].filter((level) => level > steady * 2), most];
  const grid = levels.filter((level, index) => level <= most && levels.indexOf(level) === index);

  const row = ({ name, seen, bars }: (typeof rows)[number], index: number) => {
    const columns = (kind: string, callsOf: (bar: Bar) => number) => {
      const each = bars
        .map((bar, second) => ({ second, calls: callsOf(bar) }))
        .filter(({ calls }) => calls > 0)
        .map(({ second, calls }) => column(x(second), y(calls), x(second + 1) - x(second), PLOT));
      return `<path class="${kind}" d="${each.join('')}"/>`;
    };
    return [
      `<g transform="translate(0 ${TOP + index * ROW})">`,
      `<text class="name" x="0" y="${PLOT - 32}">${name}</text>`,
      `<text x="0" y="${PLOT - 16}">at most ${Math.max(0, ...bars.map(({ calls }) => calls))} in a second</text>`,
      `<text x="0" y="${PLOT}">${refusals(seen)}</text>`,
      ...grid.map((level) => gridLine(y(level), `${level}/s`)),
      columns('refused', ({ calls, refused }) => (refused > 0 ? calls : 0)),
      columns('passed', ({ calls, refused }) => calls - refused),
      '</g>',
    ];
  };
  const windows = Array.from({ length: Math.floor((seconds * SECOND) / windowMs) + 1 }, (_, n) =>
    mark(x((n * windowMs) / SECOND), height, `${(n * windowMs) / SECOND} s`),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Calls per second of each limiter">`,
    `<style>${STYLE}\n</style>`,
    '<text class="title" x="0" y="14">Calls per second that arrive, by limiter (square-root scale)</text>',
    `<text x="0" y="32"><tspan class="passed">■</tspan> answered  <tspan class="refused">■</tspan> answered 429; dashed: one window after another from the first call</text>`,
    ...windows,
    ...rows.flatMap(row),
    '</svg>',
    '',
  ].join('\n');
}

interface Bar {
  calls: number;
  refused: number;
}

/** One for each second. */
function barsOf({ arrivalsMs, throttledMs }: Seen, seconds: number): Bar[] {
  const countIn = (second: number, times: number[]) =>
    times.filter((at) => Math.floor(at / SECOND) === second).length;
  return Array.from({ length: seconds }, (_, second) => ({
    calls: countIn(second, arrivalsMs),
    refused: countIn(second, throttledMs),
  }));
}

function refusals({ throttled, outsidersThrottled, othersPassed }: Seen): string {
  const hasOutsiders = othersPassed.some((calls) => calls > 0);
  return `429s: ${throttled}${hasOutsiders ? `, outsiders' ${outsidersThrottled}` : ''}`;
}

const column = (left: number, top: number, width: number, bottom: number) =>
  `M${left.toFixed(1)} ${top.toFixed(1)}h${Math.max(0.5, width - 0.5).toFixed(1)}V${bottom}H${left.toFixed(1)}z`;

const gridLine = (y: number, label: string) =>
  `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"/>` +
  `<text x="${WIDTH - RIGHT + 6}" y="${(y + 4).toFixed(1)}">${label}</text>`;

const mark = (x: number, height: number, label: string) =>
  `<line class="window" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${TOP - 6}" y2="${height - BOTTOM + 4}"/>` +
  `<text x="${x.toFixed(1)}" y="${height - BOTTOM + 20}" text-anchor="middle">${label}</text>`;

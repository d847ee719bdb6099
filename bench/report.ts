import { highest, type Pace, paceOf, type Sample, thirds, together } from './figures.ts';

/** What a run has measured. */
export interface Measured {
  firstCallMs: number;
  /** All of the migration. */
  samples: Sample[];
  /** One worker, warm. */
  alone: Sample[];
  /** Two workers, both warm. */
  inPair: Sample[];
  /** The plain worker, before the migration and after it. */
  plain: [Pace, Pace];
  /** Memory of the plain worker at its end. */
  plainRssMb: number;
  /** People with a reference in the end. */
  referenced: number;
  panelists: number;
  throttled: number;
  seconds: number;
}

interface Goal {
  name: string;
  value: number | null;
  /** Digits behind the point. */
  digits: number;
  unit: string;
  goal: { kind: 'at-most' | 'at-least'; value: number } | null;
}

/** Every figure, with its goal if it has one. */
function goalsOf(measured: Measured): Goal[] {
  const { samples, alone, inPair, plain, firstCallMs } = measured;
  const rss = thirds(samples);
  const [one, two, other] = [paceOf(alone), paceOf(inPair), together(...plain)];
  const atMost = (value: number) => ({ kind: 'at-most', value }) as const;
  const atLeast = (value: number) => ({ kind: 'at-least', value }) as const;
  const figure = (
    name: string,
    value: number | null,
    digits: number,
    unit: string,
    goal: Goal['goal'] = null,
  ) => ({
    name,
    value,
    digits,
    unit,
    goal,
  });
  return [
    figure('from POST to the first call', firstCallMs, 0, 'ms', atMost(1_000)),
    figure('Redis memory, highest', highest(samples.map(({ redisMb }) => redisMb)), 1, 'MB', atMost(50)),
    figure('worker RSS, first third', rss.first, 0, 'MB'),
    figure('worker RSS, last third', rss.last, 0, 'MB'),
    figure('worker RSS, growth', (rss.last / rss.first - 1) * 100, 0, '%', atMost(10)),
    figure('worker RSS, highest', highest(samples.map((each) => each.largestRssMb)), 0, 'MB', atMost(200)),
    figure('plain worker, RSS', measured.plainRssMb, 0, 'MB'),
    figure('one worker', one.perSecond, 0, 'people/s'),
    figure('plain BullMQ worker', other.perSecond, 0, 'people/s'),
    figure('one worker : plain', ratio(one.perSecond, other.perSecond), 2, '', atLeast(0.5)),
    figure('one worker, CPU', one.cpuMsEach, 2, 'ms/person'),
    figure('plain worker, CPU', other.cpuMsEach, 2, 'ms/person'),
    figure('two workers', two.perSecond, 0, 'people/s'),
    figure('two workers : one', ratio(two.perSecond, one.perSecond), 2, '', atLeast(1.2)),
  ];
}

/** The figures for people. */
export function toText(measured: Measured): string {
  const { referenced, panelists, throttled, seconds } = measured;
  return [
    ...goalsOf(measured).map(line),
    '',
    `${referenced} of ${panelists} people have their reference; ${throttled} calls throttled; ${seconds} s in all`,
  ].join('\n');
}

/** The figures as one line for programs. */
export function toJson(measured: Measured): string {
  const figures = goalsOf(measured).map(({ name, value, digits, unit, goal }) => ({
    name,
    value: value === null ? null : Number(value.toFixed(digits)),
    unit,
    ...(goal && { goal: goal.value, met: isMet(value, goal) }),
  }));
  const { referenced, panelists, throttled, seconds } = measured;
  return JSON.stringify({ figures, referenced, panelists, throttled, seconds });
}

function line({ name, value, digits, unit, goal }: Goal): string {
  const shown = `${value === null ? '-' : value.toFixed(digits)} ${unit}`.trimEnd();
  const wanted = goal && `${goal.kind === 'at-most' ? '<=' : '>='} ${goal.value}`;
  return `  ${name.padEnd(29)}${shown.padEnd(16)}${wanted ? `${wanted.padEnd(9)} ${isMet(value, goal) ? 'met' : 'NOT MET'}` : ''}`.trimEnd();
}

function isMet(value: number | null, goal: NonNullable<Goal['goal']>): boolean {
  if (value === null) return false;
  return goal.kind === 'at-most' ? value <= goal.value : value >= goal.value;
}

const ratio = (a: number | null, b: number | null) => (a === null || b === null ? null : a / b);

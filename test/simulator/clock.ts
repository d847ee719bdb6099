import { jest } from '@jest/globals';

/** What the simulator does at once, and what calls and `eventually` need, goes on. */
const OTHERS = [
  'cancelAnimationFrame',
  'cancelIdleCallback',
  'clearImmediate',
  'clearInterval',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'requestAnimationFrame',
  'requestIdleCallback',
  'setImmediate',
  'setInterval',
] as const;

/** From now on time passes for the simulator only when a test says so: no lag is over before, on any machine. */
export function stopClock(): void {
  jest.useFakeTimers({ doNotFake: [...OTHERS] });
}

/** After the simulator has ended. */
export function startClock(): void {
  jest.useRealTimers();
}

/** What falls due meanwhile has happened when this returns. */
export function pass(ms: number): void {
  jest.advanceTimersByTime(ms);
}

import { bottleneck } from './bottleneck.ts';
import { bullmq } from './bullmq.ts';
import type { Driver } from './driver.ts';
import { portage } from './portage.ts';
import { rateLimiterFlexible } from './rate-limiter-flexible.ts';

/** A tenth of a minute's window is a tenth of every duration: the names are those of the full size. */
const SIXTIETH = 60;

/** All that take part. */
export const LIMITERS = {
  portage,
  'bullmq-600-60s': bullmq(({ perWindow, windowMs }) => ({ max: perWindow, duration: windowMs })),
  'bullmq-10-1s': bullmq(({ perWindow, windowMs }) => ({
    max: perWindow / SIXTIETH,
    duration: windowMs / SIXTIETH,
  })),
  'bottleneck-reservoir': bottleneck(({ perWindow, windowMs }) => ({
    reservoir: perWindow,
    reservoirRefreshAmount: perWindow,
    reservoirRefreshInterval: windowMs,
  })),
  'bottleneck-mintime': bottleneck(({ perWindow, windowMs }) => ({ minTime: windowMs / perWindow })),
  'rate-limiter-flexible': rateLimiterFlexible,
} as const satisfies Record<string, Driver>;

export type LimiterName = keyof typeof LIMITERS;

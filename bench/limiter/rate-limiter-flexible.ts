import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { connect, type Driver, keepCalling } from './driver.ts';

const SECOND = 1_000;

/** A counter in Redis; who is refused asks again when the answer says. */
export const rateLimiterFlexible: Driver = {
  async open(setting, call) {
    const { prefix, perWindow, windowMs } = setting;
    const limiter = new RateLimiterRedis({
      storeClient: await connect(setting),
      keyPrefix: prefix,
      points: perWindow,
      duration: windowMs / SECOND,
    });
    const once = async () => {
      const refusal = await limiter.consume('users').then(
        () => null,
        (reason: unknown) => reason,
      );
      if (refusal === null) await call();
      else if (refusal instanceof RateLimiterRes) await sleep(refusal.msBeforeNext);
      else throw refusal;
    };
    return () => keepCalling(once);
  },
};

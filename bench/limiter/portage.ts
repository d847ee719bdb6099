import { seenIn } from '../../src/limiter/headers.ts';
import { createRedisLimiter } from '../../src/limiter/redis-limiter.ts';
import { connect, type Driver, keepCalling } from './driver.ts';

const ALLOWANCE = { org: 'bench', bucket: 'users' } as const;

/** As Okta's client in `src/okta` does it. */
export const portage: Driver = {
  async open(setting, call) {
    const { prefix, perWindow, windowMs, jitterMs } = setting;
    const pace = { perWindow, mostPerWindow: perWindow, keepFreePerWindow: 0, windowMs, jitterMs };
    const limiter = createRedisLimiter(await connect(setting), prefix, () => pace);
    const once = async () => {
      const turn = await limiter.take(ALLOWANCE);
      if (performance.now() > turn.sendBy) return;
      const { status, headers } = await call();
      await limiter.settle(turn, seenIn(status, headers, windowMs));
    };
    return () => keepCalling(once);
  },
};

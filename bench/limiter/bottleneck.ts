import Bottleneck from 'bottleneck';
import { connect, type Driver, keepCalling, type Setting } from './driver.ts';

/** Of Bottleneck's own, in Okta's windows: how often a cluster looks whether the reservoir is to be filled. */
const HEARTBEATS = 12;

/** Bottleneck in its clustered mode. */
export const bottleneck = (limitOf: (setting: Setting) => Bottleneck.ConstructorOptions): Driver => ({
  async open(setting, call) {
    const limiter = new Bottleneck({
      id: `${setting.prefix}:bottleneck`,
      datastore: 'ioredis',
      connection: new Bottleneck.IORedisConnection({ client: await connect(setting) }),
      heartbeatInterval: setting.windowMs / HEARTBEATS,
      ...limitOf(setting),
    });
    await limiter.ready();
    return () => keepCalling(() => limiter.schedule(call));
  },
});

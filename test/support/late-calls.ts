import type { ConfigFile } from '../../src/config/schema.ts';

/** So much longer a call may take to its server where other tests want the same cores. */
export const LATE_MS = 500;

/** No window at Okta holds too many calls then, either; each takes a little longer. */
export const lateCalls = (file: ConfigFile): ConfigFile => ({
  ...file,
  orgs: Object.fromEntries(
    Object.entries(file.orgs).map(([name, org]) => [name, { ...org, jitterMs: LATE_MS }]),
  ),
});

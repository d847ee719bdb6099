import { isRecord } from './json.ts';

/** What an administrator of the org can turn while it runs. */
export interface Switches {
  /** The token answers 401 as if it had never been made. */
  revoked: boolean;
  /** Okta's maintenance: what would change something answers 503. Okta, error codes: E0000010. */
  readOnly: boolean;
}

export function createSwitches(): Switches {
  return { revoked: false, readOnly: false };
}

/** Sets the one switch that the body names; false when the body is anything else. */
export function turn(switches: Switches, name: keyof Switches, body: unknown): boolean {
  const value = isRecord(body) && Object.keys(body).length === 1 ? body[name] : undefined;
  if (typeof value !== 'boolean') return false;
  switches[name] = value;
  return true;
}

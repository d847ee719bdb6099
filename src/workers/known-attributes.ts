import type { OktaClient } from '../okta/client.ts';
import { MINUTE } from '../time.ts';

/** A schema changes by hand, and is asked for only when somebody was refused. */
const REMEMBERED_MS = 1 * MINUTE;

interface Known {
  atMs: number;
  names: Promise<ReadonlySet<string> | null>;
}
const remembered = new WeakMap<OktaClient, Known>();

/** Whether Okta's users cannot have one of these attributes; false when Okta does not say. */
export async function lacksAny(
  okta: OktaClient,
  attributes: string[],
  signal: AbortSignal,
): Promise<boolean> {
  const known = await knownAttributes(okta, signal);
  const lacks = known !== null && attributes.some((attribute) => !known.has(attribute));
  if (lacks) remembered.delete(okta); // it holds the migration, and whoever adds the attribute resumes
  return lacks;
}

/** The attributes that users of this org can have; null when Okta does not say, as to a token without that right. */
function knownAttributes(okta: OktaClient, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
  const last = remembered.get(okta);
  if (last && Date.now() - last.atMs < REMEMBERED_MS) return last.names;
  const names = read(okta, signal);
  remembered.set(okta, { atMs: Date.now(), names });
  return names;
}

async function read(okta: OktaClient, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
  const reply = await okta.getUserSchema(await okta.turn('api', { signal }), signal);
  if (reply.kind !== 'ok') return null;
  const { base, custom } = reply.body.definitions;
  return new Set([...Object.keys(base.properties), ...Object.keys(custom.properties)]);
}

import type { App } from '../app.ts';
import type { InstallationConfig, OrgConfig } from '../config/config.ts';
import { mappingOf } from '../config/mapping.ts';
import type { Finding, Severity } from '../domain/finding.ts';
import type { PersonKind } from '../domain/operations.ts';
import type { OktaError } from '../domain/outcome.ts';
import { type MappingFault, mappingFaults, rulesOf, type UserRules } from '../domain/user-schema.ts';
import { errorFields } from '../log.ts';
import type { OktaClient } from '../okta/client.ts';
import type { Reply } from '../okta/reply.ts';
import { SECOND } from '../time.ts';
import { checkEfsApp, type EfsAppFault } from './check-efs-app.ts';

/** A bucket that Okta has shut opens again within a minute. */
const TURN_MS = 70 * SECOND;

/** Something between Portage and its org that would stop a migration. */
export interface OrgFault {
  code:
    | 'credentials_refused'
    | 'rights_missing'
    | 'group_missing'
    | 'okta_unreachable'
    | 'okta_throttled'
    | 'no_turn'
    | 'schema_unreadable'
    | EfsAppFault['code']
    | MappingFault;
  /** The setting that it is about. */
  path: string;
  message: string;
}

/** What the org says of one installation's credentials, group, app and mapping; reads only. */
export interface OrgCheck {
  faults: OrgFault[];
  /** Null: Okta has not said what its schema demands, or was not asked. */
  rules: UserRules | null;
}

/** Of the mappings only those of these kinds of people are checked: whom Okta is to be sent. */
export async function checkOrg(
  { config }: Pick<App, 'config'>,
  okta: OktaClient,
  installation: InstallationConfig,
  signal: AbortSignal = new AbortController().signal,
  kinds: readonly PersonKind[] = ['admin', 'panelist'],
): Promise<OrgCheck> {
  const org = config.orgs[installation.org];
  if (!org) throw new Error(`Bug: no org ${installation.org} is configured`);
  const how = { lane: 'ahead', signal: AbortSignal.any([signal, AbortSignal.timeout(TURN_MS)]) } as const;
  try {
    const group = await okta.getGroup(await okta.turn('group', how), installation.groupId, signal);
    if (group.kind !== 'ok') return { faults: [toFault(group, org, installation)], rules: null };
    const efsApp = await checkEfsApp(okta, installation, how);
    if (kinds.length === 0) return { faults: efsApp, rules: null };
    const schema = await okta.getUserSchema(await okta.turn('api', how), signal);
    if (schema.kind !== 'ok') return { faults: [...efsApp, unreadable(schema.error, org)], rules: null };
    const rules = rulesOf(schema.body.definitions);
    return { faults: [...efsApp, ...faultsOfMappings(installation, kinds, rules)], rules };
  } catch (error) {
    signal.throwIfAborted();
    const { code, error: kind } = errorFields(error);
    const message = `got no turn to be called (${code ?? kind})`;
    return { faults: [{ code: 'no_turn', path: `/orgs/${org.name}`, message }], rules: null };
  }
}

/** Which fault an answer of Okta is, and which setting it is about; a refusal is taken to be of the group. */
export function toFault(
  reply: Exclude<Reply<unknown>, { kind: 'ok' }>,
  { name, credentials }: OrgConfig,
  installation: InstallationConfig,
): OrgFault {
  const message = told(reply.error);
  switch (reply.kind) {
    case 'refused':
      return { code: 'group_missing', path: `/installations/${installation.name}/groupId`, message };
    case 'misconfigured': {
      const code = reply.cause === 'rights' ? 'rights_missing' : 'credentials_refused';
      const path = `/orgs/${name}/credentials/${credentials.kind === 'oauth' ? 'oauth' : 'apiToken'}`;
      return { code, path, message };
    }
    case 'unreachable':
      return { code: 'okta_unreachable', path: `/orgs/${name}/baseUrl`, message };
    case 'throttled':
      return { code: 'okta_throttled', path: `/orgs/${name}`, message };
  }
}

export const toFinding = ({ code, path, message }: OrgFault): Finding => ({
  severity: gravityOf(code),
  code,
  message: `${path}: ${message}.`,
  examples: [],
});

const gravityOf = (code: OrgFault['code']): Severity =>
  code === 'schema_unreadable' || code === 'okta_throttled' || code.startsWith('efs_app_')
    ? 'warning'
    : 'error';

export const told = ({ status, code, text }: OktaError) =>
  status === 0 ? `cannot be reached (${code})` : `Okta: ${status} ${code} ${text}`;

const unreadable = (error: OktaError, { name, credentials }: OrgConfig): OrgFault => ({
  code: 'schema_unreadable',
  path: `/orgs/${name}/credentials/${credentials.kind === 'oauth' ? 'oauth' : 'apiToken'}`,
  message: `may not read the user schema, which the mapping is checked against (${told(error)})`,
});

function faultsOfMappings(
  installation: InstallationConfig,
  kinds: readonly PersonKind[],
  rules: UserRules,
): OrgFault[] {
  const at = `/installations/${installation.name}`;
  const configured = kinds.filter((kind) => installation[`${kind}s`]);
  const faults = configured.flatMap((kind) =>
    mappingFaults(mappingOf(installation, kind), rules).map(({ fault, attribute }): OrgFault => {
      const isMarker = attribute === installation.markerAttribute;
      const mapped = fault === 'attribute_required' ? '' : `/${attribute}`;
      const path = isMarker ? `${at}/markerAttribute` : `${at}/${kind}s/profile${mapped}`;
      return { code: fault, path, message: says[fault](attribute) };
    }),
  );
  return [...new Map(faults.map((fault) => [fault.path + fault.message, fault])).values()];
}

const says: Record<MappingFault, (attribute: string) => string> = {
  attribute_unknown: (name) => `Okta's user schema has no attribute ${name}: add it there or map another one`,
  attribute_type: (name) => `Okta's attribute ${name} is no text, which is all that Portage sends`,
  default_not_allowed: (name) =>
    `Okta's user schema does not take the default of ${name}: see its length and values there`,
  attribute_required: (name) => `Okta's user schema requires ${name}: map it, or make it optional there`,
};

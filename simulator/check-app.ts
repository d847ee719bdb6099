import type { App, AppDetails, Json } from './app.ts';
import { labelTaken } from './app-errors.ts';
import { type Checked, notWellFormed, ok, validationFailed } from './errors.ts';
import { isRecord, unknownKeys } from './json.ts';
import type { Org } from './org.ts';

/** What a caller may send; what only Okta writes is taken and left alone, as when an app is read and put back. */
const BODY_KEYS = [
  'name',
  'label',
  'signOnMode',
  'accessibility',
  'visibility',
  'credentials',
  'settings',
  'profile',
  'licensing',
  'features',
  'id',
  'orn',
  'status',
  'created',
  'lastUpdated',
  'universalLogout',
  'expressConfiguration',
  '_links',
  '_embedded',
];

const LONGEST_LABEL = 100;
const BLANK = 'The field cannot be left blank';

const ACCESSIBILITY = { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null };
const VISIBILITY = { autoLaunch: false, autoSubmitToolbar: false, hide: { iOS: true, web: true } };
// biome-ignore lint/suspicious/noTemplateCurlyInString: Okta's own template language
const TEMPLATE = { template: '${source.login}', type: 'BUILT_IN' };

const SETTINGS = {
  app: {},
  notifications: { vpn: { network: { connection: 'DISABLED' }, message: null, helpUrl: null } },
  manualProvisioning: false,
  implicitAssignment: false,
  notes: { admin: null, enduser: null },
};

/** What the body says of any app, with Okta's defaults as recorded. */
export function checkDetails(org: Org, body: unknown, self: App | null): Checked<AppDetails> {
  if (!isRecord(body) || unknownKeys(body, BODY_KEYS).length > 0) return notWellFormed;
  const { label } = body;
  if (typeof label !== 'string' || label.trim() === '') return validationFailed('label', [`label: ${BLANK}`]);
  if (label.length > LONGEST_LABEL) {
    return validationFailed('label', [`label: The field cannot be longer than ${LONGEST_LABEL} characters`]);
  }
  if (org.options.uniqueAppLabels && isTaken(org, label, self)) return labelTaken;
  const { oauthClient: _, ...settings } = recordOf(body.settings);
  return ok({
    label,
    accessibility: { ...ACCESSIBILITY, ...recordOf(body.accessibility) },
    visibility: { ...VISIBILITY, ...recordOf(body.visibility) },
    userNameTemplate: { ...TEMPLATE, ...recordOf(recordOf(body.credentials).userNameTemplate) },
    profile: isRecord(body.profile) ? body.profile : null,
    settings: { ...SETTINGS, ...settings },
  });
}

export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

function isTaken(org: Org, label: string, self: App | null): boolean {
  for (const app of org.apps.walk()) if (app !== self && app.details.label === label) return true;
  return false;
}

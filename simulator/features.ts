import { type Answer, type Call, object } from './answer.ts';
import type { App, Json } from './app.ts';
import { noProvisioning } from './app-errors.ts';
import { type Checked, illegalArgument, notWellFormed, ok } from './errors.ts';
import { findApp } from './find-app.ts';
import { isRecord } from './json.ts';
import type { Org } from './org.ts';

/** Okta, Apps API: application features, "supported for these apps". */
export const PROVISIONING_APPS: readonly string[] = [
  'google',
  'office365',
  'okta_org2org',
  'slack',
  'zoomus',
  'zscalerbyz',
];

const DISABLED = { status: 'DISABLED' };

const FEATURES: Readonly<Record<string, { readonly description: string; readonly capabilities: Json }>> = {
  USER_PROVISIONING: {
    description: 'User provisioning settings from Okta to a downstream application',
    capabilities: {
      create: { lifecycleCreate: DISABLED },
      update: {
        lifecycleDeactivate: DISABLED,
        profile: DISABLED,
        password: { ...DISABLED, seed: 'RANDOM', change: 'KEEP_EXISTING' },
      },
    },
  },
  INBOUND_PROVISIONING: {
    description: 'In-bound provisioning settings from an application to Okta',
    capabilities: {
      importSettings: {
        schedule: DISABLED,
        username: { usernameFormat: 'EMAIL' },
      },
      importRules: {
        userCreateAndMatch: {
          exactMatchCriteria: 'USERNAME',
          allowPartialMatch: true,
          autoConfirmPartialMatch: false,
          autoConfirmExactMatch: false,
          autoConfirmNewUsers: false,
          autoActivateNewUsers: false,
        },
      },
    },
  },
};

/** GET /api/v1/apps/{id}/features. */
export function listFeatures(org: Org, { params: [id = ''] }: Call): Answer {
  const app = findProvisioningApp(org, id);
  if (app.kind === 'error') return app;
  return object(Object.keys(FEATURES).map((name) => toFeature(org, app.value, name)));
}

/** GET .../features/{name}: recorded, the app is looked for before the name. */
export function getFeature(org: Org, { params: [id = '', name = ''] }: Call): Answer {
  const app = findProvisioningApp(org, id);
  if (app.kind === 'error') return app;
  return isFeature(name) ? object(toFeature(org, app.value, name)) : illegalArgument('featureName');
}

/** PUT .../features/{name}: what is left out stays. */
export function updateFeature(org: Org, { params: [id = '', name = ''], body }: Call): Answer {
  const app = findProvisioningApp(org, id);
  if (app.kind === 'error') return app;
  if (!isFeature(name)) return illegalArgument('featureName');
  if (!isRecord(body)) return notWellFormed;
  app.value.features.set(name, merge(capabilitiesOf(app.value, name), body));
  return object(toFeature(org, app.value, name));
}

function findProvisioningApp(org: Org, id: string): Checked<App> {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  return PROVISIONING_APPS.includes(app.value.name) ? ok(app.value) : noProvisioning;
}

function isFeature(name: string): boolean {
  return Object.hasOwn(FEATURES, name);
}

function capabilitiesOf(app: App, name: string): Json {
  return app.features.get(name) ?? FEATURES[name]?.capabilities ?? {};
}

/** Objects are merged, only in what they had before; everything else is replaced. */
function merge(before: Json, given: Json): Json {
  const entries = Object.entries(before).map(([key, value]) => {
    const other = Object.hasOwn(given, key) ? given[key] : value;
    return [key, isRecord(value) && isRecord(other) ? mergeLeaf(value, other) : other] as const;
  });
  return Object.fromEntries(entries);
}

function mergeLeaf(before: Json, given: Json): Json {
  const isLeaf = !Object.values(before).some(isRecord);
  return isLeaf ? { ...before, ...given } : merge(before, given);
}

/** INFERRED: a feature is enabled as soon as one thing about it is. */
function toFeature(org: Org, app: App, name: string): Record<string, unknown> {
  const capabilities = capabilitiesOf(app, name);
  return {
    name,
    status: JSON.stringify(capabilities).includes('"ENABLED"') ? 'ENABLED' : 'DISABLED',
    description: FEATURES[name]?.description,
    capabilities,
    _links: {
      self: {
        href: `${org.url}/api/v1/apps/${app.id}/features/${name}`,
        hints: { allow: ['GET', 'PUT'] },
      },
    },
  };
}

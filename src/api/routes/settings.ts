import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pLimit from 'p-limit';
import type { App } from '../../app.ts';
import type { Fault } from '../../config/config.ts';
import { listChanges, type RecordedChange } from '../../db/settings-changes.ts';
import { isSecret, MODULE_ACTIVE, ownerOf } from '../../domain/setting-keys.ts';
import { changeSetting, isSet } from '../../efs/change-setting.ts';
import type { Installation } from '../../efs/installation.ts';
import { type Setting, type Settings, SettingsUnreadable } from '../../efs/settings.ts';
import { missingForModule } from '../module-gate.ts';
import { problems, sendProblem } from '../problem.ts';
import { NoQuery } from '../schemas.ts';
import * as schemas from '../setting-schemas.ts';

/** A change holds a connection while it waits for another of the same installation: of ten, see `openApp`. */
const CHANGES_AT_ONCE = 2;
const LAST_CHANGES = 20;

/** Reading, comparing and changing the iam_ settings of installations. */
export function settingRoutes(app: App): FastifyPluginAsyncTypebox {
  const inTurn = pLimit(CHANGES_AT_ONCE);
  return async (api) => {
    api.get(
      '/v1/installations/:name/settings',
      {
        schema: {
          summary: "List an installation's iam_ settings",
          tags: ['Settings'],
          params: schemas.InstallationParams,
          querystring: NoQuery,
          response: { 200: schemas.SettingList, ...problems(400, 404, 409, 502) },
        },
      },
      async ({ params: { name } }, reply) =>
        withSettings(app, name, reply, async ({ config, settings }) => {
          const secretKeys = config.settings?.secretKeys ?? [];
          return { settings: (await settings.list()).map((each) => viewOf(each, secretKeys)) };
        }),
    );

    api.get(
      '/v1/installations/:name/settings/compare',
      {
        schema: {
          summary: "Compare an installation's iam_ settings with another's",
          tags: ['Settings'],
          description: 'Of secrets it tells only whether they are the same.',
          params: schemas.InstallationParams,
          querystring: schemas.CompareWith,
          response: { 200: schemas.SettingComparison, ...problems(400, 404, 409, 502) },
        },
      },
      async ({ params: { name }, query }, reply) =>
        withSettings(app, name, reply, (here) =>
          withSettings(app, query.with, reply, async (there) => {
            const [ours, theirs] = await Promise.all([here.settings.list(), there.settings.list()]);
            return comparisonOf(ours, theirs, [here, there].flatMap(secretKeysOf));
          }),
        ),
    );

    api.post(
      '/v1/installations/:name/settings/compare',
      {
        schema: {
          summary: "Compare an installation's iam_ settings with given ones",
          tags: ['Settings'],
          description: 'Changes nothing. Of secrets it tells only whether they are the same.',
          params: schemas.InstallationParams,
          querystring: NoQuery,
          body: schemas.GivenSettings,
          response: { 200: schemas.SettingComparison, ...problems(400, 404, 409, 413, 415, 502) },
        },
      },
      async ({ params: { name }, body: { values } }, reply) =>
        withSettings(app, name, reply, async (here) => {
          const given = Object.entries(values).map(([key, value]) => ({ key, value }));
          return comparisonOf(await here.settings.list(), given, secretKeysOf(here));
        }),
    );

    api.get(
      '/v1/installations/:name/settings/:key',
      {
        schema: {
          summary: 'Show an iam_ setting, and who has changed it by Portage',
          tags: ['Settings'],
          params: schemas.SettingParams,
          querystring: NoQuery,
          response: { 200: schemas.SettingDetails, ...problems(400, 404, 409, 502) },
        },
      },
      async ({ params: { name, key } }, reply) =>
        withSettings(app, name, reply, (installation) => details(app, installation, key)),
    );

    api.put(
      '/v1/installations/:name/settings/:key',
      {
        config: { meaning: meaningFaults },
        schema: {
          summary: 'Set an iam_ setting, and read it back',
          tags: ['Settings'],
          description: `On record, with who has set it. ${MODULE_ACTIVE} is set to 1 only when every portal has its client_id and phase 1 is complete: otherwise 409 module_incomplete, whose errors say what is missing, unless confirm has incomplete.`,
          params: schemas.SettingParams,
          querystring: NoQuery,
          body: schemas.NewValue,
          response: {
            200: { ...schemas.SettingDetails, description: 'It has this value, as read back.' },
            ...problems(400, 404, 409, 413, 415, 502),
          },
        },
      },
      async ({ params: { name, key }, body, keyName }, reply) =>
        withSettings(app, name, reply, (installation) =>
          inTurn(() => change(app, installation, key, body, keyName, reply)),
        ),
    );
  };
}

type WithSettings = Installation & { settings: Settings };

/** Answers for an installation that has settings; otherwise, or when they cannot be read, says why. */
async function withSettings<T>(
  app: App,
  name: string,
  reply: FastifyReply,
  work: (installation: WithSettings) => Promise<T>,
): Promise<T | FastifyReply> {
  const installation = app.installations.get(name);
  if (!installation) return installationNotFound(reply, app);
  const { settings } = installation;
  if (!settings) {
    const detail = `Where ${name} keeps its settings is not configured: see installations.${name}.settings in docs/configuration.md.`;
    return sendProblem(reply, 409, 'settings_not_configured', detail);
  }
  try {
    return await work({ ...installation, settings });
  } catch (error) {
    if (!(error instanceof SettingsUnreadable)) throw error;
    const detail = `The settings of ${name} cannot be read: ${error.message}. Correct its settings in the configuration.`;
    return sendProblem(reply, 502, 'settings_unreadable', detail);
  }
}

export function installationNotFound(reply: FastifyReply, app: App): FastifyReply {
  const detail = `There is no such installation. Configured: ${[...app.installations.keys()].join(', ')}.`;
  return sendProblem(reply, 404, 'installation_not_found', detail);
}

async function change(
  app: App,
  installation: WithSettings,
  key: string,
  { value, confirm = [] }: schemas.NewValue,
  keyName: string,
  reply: FastifyReply,
) {
  const { name } = installation.config;
  const missing =
    key === MODULE_ACTIVE && value === '1' && (await installation.settings.get(key)) !== value
      ? await missingForModule(app, installation)
      : [];
  if (missing.length > 0 && !confirm.includes('incomplete')) {
    const detail = `People could not log in. Do what errors names, or confirm incomplete.`;
    const errors = missing.map((message) => ({ path: '/body/value', message }));
    return sendProblem(reply, 409, 'module_incomplete', detail, { errors });
  }
  const confirmed = missing.length > 0 ? ['incomplete'] : [];
  const changed = await changeSetting(app.db, installation, { key, value, confirmed, by: keyName });
  const isNew = changed.kind !== 'written' || changed.changed;
  if (isNew)
    app.log.info({ installation: name, key, confirmed, keyName, outcome: changed.kind }, 'setting changed');
  switch (changed.kind) {
    case 'written':
      return details(app, installation, key);
    case 'failed':
      return sendProblem(
        reply,
        502,
        'setting_not_written',
        `${key} was not set: ${changed.why}. Look at ${name}.`,
      );
    case 'differs': {
      const detail = `${key} was set, and reads otherwise now: EFS keeps it differently, or somebody else has set it. Look at it in ${name}, then set it again.`;
      return sendProblem(reply, 502, 'setting_differs', detail);
    }
  }
}

async function details(app: App, installation: WithSettings, key: string): Promise<schemas.SettingDetails> {
  const { name } = installation.config;
  const [value, changes] = await Promise.all([
    installation.settings.get(key),
    listChanges(app.db, name, key, LAST_CHANGES),
  ]);
  const view = viewOf({ key, value }, secretKeysOf(installation));
  return { ...view, changes: changes.map((change) => toChange(change, view.secret)) };
}

const secretKeysOf = ({ config }: Installation) => config.settings?.secretKeys ?? [];

function viewOf({ key, value }: Setting, secretKeys: readonly string[]): schemas.SettingView {
  const secret = isSecret(key, [value], secretKeys);
  return { key, secret, ...shown(value, secret), owner: ownerOf(key) };
}

/** Of a secret, only whether it is set. */
const shown = (value: string | null, secret: boolean) => ({
  set: isSet(value),
  value: secret || !isSet(value) ? null : value,
});

/** Of what is secret now, no value that was recorded before it became so. */
const toChange = (change: RecordedChange, secret: boolean): schemas.SettingDetails['changes'][number] => ({
  was: { set: change.wasSet, value: secret ? null : change.oldValue },
  is: { set: change.isSet, value: secret ? null : change.newValue },
  outcome: change.outcome,
  confirmed: change.confirmed,
  by: change.changedBy,
  at: change.changedAt.toISOString(),
});

function comparisonOf(
  ours: Setting[],
  theirs: Setting[],
  secretKeys: readonly string[],
): schemas.SettingComparison {
  const [here, there] = [ours, theirs].map((each) => new Map(each.map(({ key, value }) => [key, value])));
  const keys = [...new Set([...ours, ...theirs].map(({ key }) => key))].sort();
  const settings = keys.map((key) => {
    const [one = null, other = null] = [here?.get(key), there?.get(key)];
    const secret = isSecret(key, [one, other], secretKeys);
    return {
      key,
      owner: ownerOf(key),
      secret,
      same: (one ?? '') === (other ?? ''),
      here: shown(one, secret),
      there: shown(other, secret),
    };
  });
  return { settings };
}

/** What a schema cannot know of a request, which may be misshapen. */
function* meaningFaults({ params, body }: FastifyRequest): Generator<Fault> {
  const { key } = params as { key?: string };
  const { value } = (body ?? {}) as { value?: unknown };
  if (key === MODULE_ACTIVE && typeof value === 'string' && !['0', '1'].includes(value)) {
    yield { path: '/body/value', message: 'must be 0 or 1' };
  }
}

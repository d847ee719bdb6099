import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import type { App } from '../../app.ts';
import { beginChange, endChange } from '../../db/settings-changes.ts';
import { emptyTokenData, tokenDataSize } from '../../efs/token-data.ts';
import { problems, sendProblem } from '../problem.ts';
import { NoQuery } from '../schemas.ts';
import { Emptied, InstallationParams, TokenData } from '../setting-schemas.ts';
import { installationNotFound } from './settings.ts';

const TABLE = 'iam_token_data';

/** What the identity provider has answered to EFS' logins: how much it is, never what. */
export function tokenDataRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.get(
      '/v1/installations/:name/token-data',
      {
        schema: {
          summary: 'Tell how much is in iam_token_data, and since when',
          tags: ['Settings'],
          description: 'Its content is never read.',
          params: InstallationParams,
          querystring: NoQuery,
          response: { 200: TokenData, ...problems(400, 404) },
        },
      },
      async ({ params: { name } }, reply) => {
        const installation = app.installations.get(name);
        if (!installation) return installationNotFound(reply, app);
        const size = await tokenDataSize(installation.db);
        if (!size) return noTable(reply, name);
        const [createdAt, lastWrittenAt] = [timeOf(size.createdAt), timeOf(size.lastWrittenAt)];
        return { ...size, createdAt, lastWrittenAt };
      },
    );

    api.delete(
      '/v1/installations/:name/token-data',
      {
        schema: {
          summary: 'Empty iam_token_data',
          tags: ['Settings'],
          description: 'On record. Whoever is logged in has to log in again.',
          params: InstallationParams,
          querystring: NoQuery,
          response: { 200: Emptied, ...problems(400, 404) },
        },
      },
      async ({ params: { name }, keyName }, reply) => {
        const installation = app.installations.get(name);
        if (!installation) return installationNotFound(reply, app);
        const size = await tokenDataSize(installation.db);
        if (!size) return noTable(reply, name);
        const id = await beginChange(app.db, {
          installation: name,
          setting: TABLE,
          secret: true,
          wasSet: size.rows > 0,
          isSet: false,
          oldValue: null,
          newValue: null,
          confirmed: [],
          changedBy: keyName,
        });
        const deleted = await emptyTokenData(installation.db);
        await endChange(app.db, id, 'written');
        app.log.info({ installation: name, deleted, keyName }, 'iam_token_data emptied');
        return { deleted };
      },
    );
  };
}

const timeOf = (at: Date | null) => at?.toISOString() ?? null;

function noTable(reply: FastifyReply, name: string): FastifyReply {
  return sendProblem(
    reply,
    404,
    'token_data_not_found',
    `${name} has no table ${TABLE}: there is nothing to empty.`,
  );
}

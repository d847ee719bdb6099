import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { App } from '../app.ts';
import { SECOND } from '../time.ts';
import { bullBoard } from './bull-board.ts';
import { requireKey } from './keys.ts';
import { StartedOrPreflight } from './preflight-schemas.ts';
import { handleError, handleNotFound } from './problem.ts';
import { allowanceRoutes } from './routes/allowances.ts';
import { healthRoutes } from './routes/health.ts';
import { migrationRoutes } from './routes/migrations.ts';
import { pauseRoutes } from './routes/pause.ts';
import { resumeRoutes } from './routes/resume.ts';
import { retryRoutes } from './routes/retry.ts';
import { settingRoutes } from './routes/settings.ts';
import { skippedRoutes } from './routes/skipped.ts';
import { startRoutes } from './routes/start.ts';
import { tokenDataRoutes } from './routes/token-data.ts';
import { shared } from './schemas.ts';
import { validateAsAWhole } from './validation.ts';

/** Everything but listening. */
export async function buildApi(app: App) {
  const api = fastify({
    loggerInstance: app.log,
    disableRequestLogging: true, // operators poll; what changes something is logged where it happens
    requestTimeout: 30 * SECOND,
    handlerTimeout: 30 * SECOND,
    keepAliveTimeout: 72 * SECOND, // longer than a load balancer's usual 60 s
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();

  api.setErrorHandler(handleError);
  api.setNotFoundHandler(handleNotFound);
  await api.register(helmet, HELMET);
  api.decorateRequest('keyName', '');
  api.addHook('onRequest', requireKey(app.config.api.keys));
  api.setValidatorCompiler(() => () => true); // in favour of:
  api.addHook('onRoute', validateAsAWhole);
  for (const schema of [...Object.values(shared), StartedOrPreflight]) api.addSchema(schema);
  await api.register(swagger, documentation(app));

  await api.register(healthRoutes(app));
  await api.register(startRoutes(app));
  await api.register(migrationRoutes(app));
  await api.register(pauseRoutes(app));
  await api.register(resumeRoutes(app));
  await api.register(retryRoutes(app));
  await api.register(skippedRoutes(app));
  await api.register(allowanceRoutes(app));
  await api.register(settingRoutes(app));
  await api.register(tokenDataRoutes(app));
  await api.register(swaggerUi, { routePrefix: '/docs' });
  await api.register(bullBoard(app, '/queues'));
  return api;
}

/** The API as a service: see `run`. */
export async function startApi(app: App): Promise<{ close(): Promise<void> }> {
  const { host, port } = app.config.api;
  const api = await buildApi(app);
  await api.listen({ host, port });
  return { close: () => api.close() };
}

/** The pages get all that they need from here: Bull Board's fonts from elsewhere are not worth a leak. */
const HELMET: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    directives: {
      fontSrc: ["'self'", 'data:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      upgradeInsecureRequests: null, // behind TLS nothing needs it, without TLS it breaks the pages
    },
  },
};

function documentation({ config }: App): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Portage',
        version: '1',
        description: `Carries the users of EFS installations over to Okta. Installations: ${Object.keys(config.installations).join(', ')}.`,
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A key of the configuration.' },
        },
      },
      security: [{ key: [] }],
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string }, // only `shared` has any
  };
}

import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { App } from '../app.ts';
import { SECOND } from '../time.ts';
import { bullBoard } from './bull-board.ts';
import { requireKey } from './keys.ts';
import { handleError, handleNotFound } from './problem.ts';
import { healthRoutes } from './routes/health.ts';
import { migrationRoutes } from './routes/migrations.ts';
import { startRoutes } from './routes/start.ts';
import { validatorCompiler } from './validation.ts';

/** Everything but listening. */
export async function buildApi(app: App) {
  const { keys } = app.config.api;
  const api = fastify({
    loggerInstance: app.log,
    disableRequestLogging: true, // operators poll; what changes something is logged where it happens
    requestTimeout: 30 * SECOND,
    keepAliveTimeout: 72 * SECOND, // longer than a load balancer's usual 60 s
  }).withTypeProvider<TypeBoxTypeProvider>();

  api.setValidatorCompiler(validatorCompiler);
  api.decorateRequest('keyName', '');
  api.setErrorHandler(handleError);
  api.setNotFoundHandler(handleNotFound);
  await api.register(swagger, { openapi: openapi(app) });
  await api.register(healthRoutes(app));

  await api.register(async (programs) => {
    await programs.register(helmet);
    programs.addHook('onRequest', requireKey(keys, ['Bearer']));
    await programs.register(startRoutes(app));
    await programs.register(migrationRoutes(app));
  });
  await api.register(async (pages) => {
    pages.addHook('onRequest', requireKey(keys, ['Basic', 'Bearer']));
    await pages.register(swaggerUi, { routePrefix: '/docs' });
    await pages.register(bullBoard(app.queues, '/queues'));
  });
  return api;
}

/** The API as a service: see `run`. */
export async function startApi(app: App): Promise<{ close(): Promise<void> }> {
  const { host, port } = app.config.api;
  const api = await buildApi(app);
  await api.listen({ host, port });
  return { close: () => api.close() };
}

function openapi({ config }: App) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portage',
      version: '1',
      description: `Carries the users of EFS installations over to Okta. Installations: ${Object.keys(config.installations).join(', ')}.`,
    },
    components: { securitySchemes: { key: { type: 'http' as const, scheme: 'bearer' } } },
    security: [{ key: [] }],
  };
}

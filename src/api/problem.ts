import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Fault } from '../config/config.ts';
import { LockBusy } from '../db/named-lock.ts';
import { errorFields } from '../log.ts';
import { isOutage } from '../outage.ts';

/** RFC 9457, with a stable `code` and every fault of the request. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'urn:portage:problem:, then the code' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; made for programs.' }),
    detail: Type.String({ description: 'What happened and what to do next.' }),
    migration: Type.Optional(Type.Integer({ description: 'The migration that is in the way.' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description:
          'The faults of the request, each at a JSON pointer into {params, query, headers, body}; at most 100.',
      }),
    ),
  },
  {
    $id: 'Problem',
    examples: [
      {
        type: 'urn:portage:problem:invalid_request',
        title: 'Bad Request',
        status: 400,
        code: 'invalid_request',
        detail: 'Nothing was done. Correct what errors names.',
        errors: [{ path: '/body/operation', message: 'is missing' }],
      },
    ],
  },
);
export type Problem = Static<typeof Problem>;

export const PROBLEM_JSON = 'application/problem+json';
const MOST_ERRORS = 100;

const TITLES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};
type ProblemStatus = keyof typeof TITLES;
type More = Pick<Problem, 'errors' | 'migration'>;

export function problemOf(status: ProblemStatus, code: string, detail: string, more: More = {}): Problem {
  return { type: `urn:portage:problem:${code}`, title: TITLES[status], status, code, detail, ...more };
}

export function sendProblem(
  reply: FastifyReply,
  status: ProblemStatus,
  code: string,
  detail: string,
  more?: More,
): FastifyReply {
  return answerProblem(reply, problemOf(status, code, detail, more));
}

export function answerProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_JSON).send(JSON.stringify(problem));
}

export function invalidRequest(reply: FastifyReply, faults: Fault[]): FastifyReply {
  const all = faults.length <= MOST_ERRORS;
  return sendProblem(
    reply,
    400,
    'invalid_request',
    `Nothing was done. Correct what errors names${all ? '' : `, the first ${MOST_ERRORS} of ${faults.length} faults`}.`,
    { errors: faults.slice(0, MOST_ERRORS) },
  );
}

/** Answers whatever a route throws, and what Fastify refuses before one is reached. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusals[error.name === 'TimeoutError' ? 'FST_ERR_HANDLER_TIMEOUT' : error.code];
  if (refusal) return sendProblem(reply, ...refusal);
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return sendProblem(reply, 400, 'bad_request', 'The request cannot be understood.');
  }
  if (isOutage(error)) {
    request.log.warn(errorFields(error), 'a database could not be reached');
    reply.header('retry-after', '5');
    return sendProblem(
      reply,
      503,
      'database_unreachable',
      'A database could not be reached. Nothing is lost; try again soon.',
    );
  }
  if (error instanceof LockBusy) {
    reply.header('retry-after', '5');
    return sendProblem(reply, 503, 'busy', 'The same is being asked for by somebody else. Try again soon.');
  }
  request.log.error(errorFields(error), 'request failed');
  return sendProblem(reply, 500, 'internal_error', `Portage failed. Its log has the request ${request.id}.`);
}

export function redisUnreachable(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply.header('retry-after', '5'), 503, 'redis_unreachable', `${detail} Try again soon.`);
}

export function migrationNotFound(reply: FastifyReply, id: number): FastifyReply {
  const detail = `There is no migration ${id}. GET /v1/migrations lists them.`;
  return sendProblem(reply, 404, 'migration_not_found', detail);
}

/** Refuses what would be about the same people as migration `id`, which is unfinished. */
export function migrationOverlaps(id: number): Problem {
  const detail = `Migration ${id} is unfinished and may be about some of the same people. Wait until it has finished.`;
  return problemOf(409, 'migration_overlaps', detail, { migration: id });
}

export function handleNotFound({ method }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, 404, 'not_found', `Nothing answers ${method} at this address. See /docs.`);
}

/** What Fastify itself refuses. */
const refusals: Record<string, [ProblemStatus, code: string, detail: string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'unsupported_media_type', 'Send application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'malformed_json', 'The body is not well-formed JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'malformed_json', 'The body is empty; send JSON.'],
  FST_ERR_HANDLER_TIMEOUT: [503, 'too_slow', 'There was no answer in time. Ask again before trying again.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body_too_large', 'The body is larger than 1 MiB. Split the selection.'],
};

/** A route's problem responses, for its schema: these, and those that every route with a key can give. */
export function problems(...statuses: ProblemStatus[]) {
  const response = (status: ProblemStatus) => ({
    description: TITLES[status],
    content: { [PROBLEM_JSON]: { schema: { $ref: 'Problem#' } } },
  });
  return Object.fromEntries(
    [...statuses, 401, 500, 503].map((status) => [status, response(status as ProblemStatus)]),
  );
}

import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Fault } from '../config/config.ts';
import { errorFields } from '../log.ts';

/** RFC 9457, with a stable `code` and every fault of the request. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; made for programs.' }),
    detail: Type.String({ description: 'What happened and what to do next.' }),
    migration: Type.Optional(Type.Integer({ description: 'The migration that is in the way.' })),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'Every fault of the request, each at a JSON pointer.',
      }),
    ),
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

export const PROBLEM_JSON = 'application/problem+json';

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Sends a problem document. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  more: Pick<Problem, 'errors' | 'migration'> = {},
): FastifyReply {
  const problem = problemOf(status, code, detail, more);
  return reply.code(status).type(PROBLEM_JSON).send(JSON.stringify(problem));
}

export function problemOf(
  status: number,
  code: string,
  detail: string,
  more: Pick<Problem, 'errors' | 'migration'> = {},
): Problem {
  return {
    type: `urn:portage:problem:${code}`,
    title: titles[status] ?? 'Error',
    status,
    code,
    detail,
    ...more,
  };
}

/** Answers whatever a route throws, and what Fastify refuses before one is reached. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.validation) return invalidRequest(reply, faultsIn(error));
  const status = error.statusCode ?? 500;
  if (status < 500)
    return sendProblem(
      reply,
      status,
      codes[error.code] ?? 'invalid_request',
      details[status] ?? error.message,
    );
  if (isOutage(error)) {
    request.log.warn(errorFields(error), 'a database could not be reached');
    return sendProblem(
      reply,
      503,
      'database_unreachable',
      'A database could not be reached. Nothing is lost; try again soon.',
    );
  }
  request.log.error(errorFields(error), 'request failed');
  return sendProblem(reply, 500, 'internal_error', `Portage failed. Its log has the request ${request.id}.`);
}

export function handleNotFound(_: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(reply, 404, 'not_found', 'There is nothing at this address. See /docs.');
}

export function invalidRequest(reply: FastifyReply, errors: Fault[]): FastifyReply {
  return sendProblem(
    reply,
    400,
    'invalid_request',
    'The request was refused as a whole; correct what errors names.',
    { errors },
  );
}

interface InvalidRequest {
  validation?: FastifySchemaValidationError[];
  validationContext?: string;
}

/** The faults that a schema has found, each with its path in the request. */
export function faultsIn({ validation, validationContext }: InvalidRequest): Fault[] {
  const where = validationContext === 'body' ? '' : `/${validationContext ?? ''}`;
  return (validation ?? []).map((fault) => ({ path: where + pathOf(fault), message: messageOf(fault) }));
}

function pathOf({ keyword, instancePath, params }: FastifySchemaValidationError): string {
  if (keyword === 'required') return `${instancePath}/${params.missingProperty}`;
  if (keyword === 'additionalProperties') return `${instancePath}/${params.additionalProperty}`;
  return instancePath;
}

function messageOf({ keyword, message, params }: FastifySchemaValidationError): string {
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties') return 'is not known';
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as string[]).join(', ')}`;
  return message ?? keyword;
}

const codes: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
};
const details: Record<number, string> = {
  400: 'The body is not well-formed JSON.',
  413: 'The body is larger than 1 MiB. Split the selection.',
  415: 'Send application/json.',
};

/** Errors of mysql2 that say that a server is away, not that a statement is wrong. */
function isOutage({ code }: FastifyError): boolean {
  return /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_CONNECTION_LOST|ER_CON_COUNT_ERROR|ER_SERVER_SHUTDOWN)/.test(
    code,
  );
}

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifyRequest, onRouteHookHandler } from 'fastify';
import type { Fault } from '../config/config.ts';
import { invalidRequest } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The faults that no schema can know. Asked even when a schema has found some: expects anything. */
    meaning?: (request: FastifyRequest) => Iterable<Fault>;
  }
}

const strict = new Ajv({ allErrors: true, allowUnionTypes: true });
/** What stands in an address or a header is text. */
const coercing = new Ajv({ allErrors: true, coerceTypes: true });

/** The parts of a request, by their names in a route's schema, and by those in a fault's path. */
const PARTS = [
  { part: 'params', name: 'params', ajv: coercing },
  { part: 'querystring', name: 'query', ajv: coercing },
  { part: 'headers', name: 'headers', ajv: coercing },
  { part: 'body', name: 'body', ajv: strict },
] as const;

interface Check {
  name: (typeof PARTS)[number]['name'];
  validate: ValidateFunction;
}

/**
 * Gives a route a validation that names every fault of a request at once, where Fastify's own stops at the
 * first faulty part.
 */
export const validateAsAWhole: onRouteHookHandler = (route) => {
  const { schema, config } = route;
  const checks = PARTS.flatMap(({ part, name, ajv }): Check[] =>
    schema?.[part] ? [{ name, validate: ajv.compile(schema[part] as object) }] : [],
  );
  if (checks.length === 0) return;
  route.preValidation = async (request, reply) => {
    const faults = [...shapeFaults(checks, request), ...(config?.meaning?.(request) ?? [])];
    return faults.length > 0 ? invalidRequest(reply, faults) : undefined;
  };
};

function shapeFaults(checks: Check[], request: FastifyRequest): Fault[] {
  return checks.flatMap(({ name, validate }) =>
    validate(request[name]) ? [] : (validate.errors ?? []).map((error) => toFault(name, error)),
  );
}

function toFault(name: string, { keyword, instancePath, params, message }: ErrorObject): Fault {
  const at = `/${name}${instancePath}`;
  switch (keyword) {
    case 'required':
      return { path: `${at}/${params.missingProperty}`, message: 'is missing' };
    case 'additionalProperties':
      return { path: `${at}/${pointerToken(params.additionalProperty)}`, message: 'is not known' };
    case 'enum':
      return { path: at, message: `must be one of ${params.allowedValues.join(', ')}` };
    default:
      return { path: at, message: message ?? keyword };
  }
}

/** RFC 6901. */
const pointerToken = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

const strict = new Ajv({ allErrors: true, removeAdditional: false });
/** What stands in an address is text. */
const coercing = new Ajv({ allErrors: true, removeAdditional: false, coerceTypes: true });

/** Every fault of a part at once; a body's `"1"` is no number, an address's is. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? strict : coercing).compile(schema);

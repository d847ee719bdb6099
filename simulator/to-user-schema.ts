import type { Attribute } from './attribute.ts';
import type { Org } from './org.ts';
import { schemaUrl } from './to-okta-user.ts';

/** The user schema as the API shows it. Okta, Schemas API: UserSchema. */
export function toUserSchema(org: Org): Record<string, unknown> {
  const { base, custom, createdMs, lastUpdatedMs } = org.schema;
  const id = schemaUrl(org);
  const type = { rel: 'type', href: `${org.url}/api/v1/meta/types/user/${org.userTypeId}`, method: 'GET' };
  return {
    id,
    $schema: 'http://json-schema.org/draft-04/schema#',
    name: 'user',
    title: 'User',
    description: 'Okta user profile template with default permission settings',
    created: new Date(createdMs).toISOString(),
    lastUpdated: new Date(lastUpdatedMs).toISOString(),
    definitions: { custom: toDefinition('custom', custom), base: toDefinition('base', base) },
    type: 'object',
    properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } },
    _links: { self: { rel: 'self', href: id, method: 'GET' }, type },
  };
}

function toDefinition(name: string, attributes: ReadonlyMap<string, Attribute>) {
  const required = [...attributes].filter(([, attribute]) => attribute.required).map(([key]) => key);
  return { id: `#${name}`, type: 'object', properties: Object.fromEntries(attributes), required };
}

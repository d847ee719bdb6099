import type { IncomingMessage } from 'node:http';

export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bad'; readonly text: string }
  | { readonly kind: 'aborted' };

/** The whole body as JSON; none at all is accepted, as Okta does, and reads as undefined. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return { kind: 'aborted' };
  }
  return parse(Buffer.concat(chunks).toString());
}

function parse(text: string): Body {
  if (text === '') return { kind: 'json', value: undefined };
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'bad', text };
  }
}

import { type ApiReply, callApi } from './call-api.ts';

/** A page of a list: its items, and the address of the next one. */
interface Page {
  next: string | null;
}

/** Asks for page after page; the last reply is the first that is not good. */
export async function* pages<P extends Page>(
  env: NodeJS.ProcessEnv,
  path: string,
): AsyncGenerator<ApiReply<P>> {
  for (let next: string | null = path; next !== null; ) {
    const reply: ApiReply<P> = await callApi<P>(env, 'GET', next);
    yield reply;
    next = reply.kind === 'ok' ? reply.body.next : null;
  }
}

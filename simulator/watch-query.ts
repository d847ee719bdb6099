/** An address that knows which of its parameters were asked for: what nobody asked for has no effect. */
export interface WatchedUrl {
  readonly url: URL;
  unread(): readonly string[];
}

export function watchQuery(url: URL): WatchedUrl {
  if (url.search === '') return { url, unread: () => [] };
  const read = new Set<string>();
  const query = new URLSearchParams(url.searchParams);
  const watched = new Proxy(query, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]): unknown => {
        if (typeof parameters[0] === 'string') read.add(parameters[0]);
        return member.apply(target, parameters) as unknown;
      };
    },
  });
  const copy = new URL(url);
  Object.defineProperty(copy, 'searchParams', { value: watched });
  return { url: copy, unread: () => [...new Set(query.keys())].filter((name) => !read.has(name)) };
}

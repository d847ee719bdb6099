/** What callers asked for and this simulator does not know: ignored or refused as Okta would, and counted. */
export interface Unsupported {
  /** `?parameters`, and `#properties` of the body, that had no effect on a call that went well. */
  noteIgnored(method: string, route: string, names: readonly string[]): void;
  /** A path, or a method on it. */
  notePath(method: string, path: string): void;
  read(): UnsupportedReading;
}

export interface UnsupportedReading {
  readonly total: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly paths: Readonly<Record<string, number>>;
}

/** So that a caller gone astray does not fill the memory. */
const MOST_NAMES = 1000;
const ID = /\/[0-9A-Za-z]{20}(?=\/|$)/g;

export function createUnsupported(): Unsupported {
  const parameters = new Map<string, number>();
  const paths = new Map<string, number>();
  let total = 0;
  const note = (counts: Map<string, number>, name: string) => {
    total += 1;
    if (counts.has(name) || counts.size < MOST_NAMES) counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  return {
    noteIgnored(method, route, names) {
      for (const name of names) note(parameters, `${method} ${route}${name}`);
    },
    notePath: (method, path) => note(paths, `${method} ${path.replaceAll(ID, '/{id}')}`),
    read: () => ({
      total,
      parameters: Object.fromEntries(parameters),
      paths: Object.fromEntries(paths),
    }),
  };
}

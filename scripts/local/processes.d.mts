/** For the tests: the set-up itself is plain JavaScript, so that it runs before anything is installed. */
export function findServer(names: readonly string[]): string | undefined;

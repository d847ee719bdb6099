import { type Logger, pino } from 'pino';

/**
 * One line per thing that happened, as JSON on standard output. An error never goes into a line as it is:
 * drivers put statements, addresses and values into their errors' messages and fields.
 */
export function createLog(name: string): Logger {
  return pino({ name, level: process.env.LOG_LEVEL ?? 'info', base: { name, pid: process.pid } });
}

/** What is safe to say of any error: its kind, its code, and where in our code it arose. */
export function errorFields(error: unknown): { error: string; code?: string; at?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const frame = error.stack?.split('\n').find((line) => /^\s+at .*\/src\//.test(line));
  return {
    error: error.message.startsWith('Bug: ') ? error.message : error.name,
    ...(typeof code === 'string' && { code }),
    ...(frame && {
      at: frame
        .trim()
        .replace(/^at .*\/src\//, 'src/')
        .replace(/\)$/, ''),
    }),
  };
}

/** The same in one string, for places that take nothing else, such as a job's failed reason. */
export function errorText(error: unknown): string {
  const { error: kind, code, at } = errorFields(error);
  return [kind, code, at && `at ${at}`].filter(Boolean).join(' ');
}

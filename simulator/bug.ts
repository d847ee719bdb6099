/** Only a bug leads here: it is said aloud. */
export function sayBug(error: unknown): void {
  process.stderr.write(`okta-simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
}

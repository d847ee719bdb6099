import { createInterface } from 'node:readline/promises';

/** Whether somebody at the terminal says yes; no is the answer to anything else. `silent`: nobody is there to ask. */
export async function ask(question: string): Promise<'yes' | 'no' | 'silent'> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return 'silent';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new AbortController();
  terminal.once('close', () => interrupted.abort()); // Ctrl-C and Ctrl-D
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: interrupted.signal });
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  } catch {
    process.stderr.write('\n');
    return 'no';
  } finally {
    terminal.close();
  }
}

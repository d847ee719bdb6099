import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** Whether somebody at the terminal says yes; no is the answer to anything else. `silent`: nobody is there to ask. */
export async function ask(question: string): Promise<'yes' | 'no' | 'silent'> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return 'silent';
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await answerOf(terminal, `${question} [y/N] `);
    if (answer === undefined) process.stderr.write('\n');
    return /^y(es)?$/i.test(answer?.trim() ?? '') ? 'yes' : 'no';
  } finally {
    terminal.close();
  }
}

/** What somebody types at the terminal unseen, or all that comes from elsewhere; undefined: it was broken off. */
export async function readSecret(prompt: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(prompt); // only now does the terminal show nothing
  try {
    return await answerOf(terminal, '');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** Undefined after Ctrl-C and Ctrl-D. */
async function answerOf(terminal: Interface, question: string): Promise<string | undefined> {
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  return terminal.question(question, { signal: closed.signal }).catch(() => undefined);
}

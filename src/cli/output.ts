import { styleText } from 'node:util';
import type { Command } from 'commander';
import type { ApiReply } from './call-api.ts';
import { EXIT } from './exit-codes.ts';

/** Text for people, or one JSON object a line for programs. */
export type Format = 'text' | 'json';
export interface OutputOptions {
  json?: boolean;
  text?: boolean;
}

/** The options of every command that shows something of the API. */
export function withOutput(command: Command): Command {
  return command
    .option('--json', 'one JSON object a line, on a terminal too')
    .option('--text', 'text, without a terminal too');
}

export function formatOf({ json, text }: OutputOptions): Format {
  if (json) return 'json';
  return text || process.stdout.isTTY ? 'text' : 'json';
}

/** Prints a good answer, in whatever form it is wanted; of another, why, and sets the exit code. */
export function show<T>(
  reply: ApiReply<T>,
  format: Format,
  { text, lines }: { text: (body: T) => string; lines: (body: T) => unknown[] },
): void {
  if (reply.kind === 'failed') fail(reply);
  else if (format === 'text') print(text(reply.body));
  else printLines(lines(reply.body));
}

export function fail({ why, code }: Extract<ApiReply<never>, { kind: 'failed' }>): void {
  for (const line of why) console.error(line);
  process.exitCode = code;
}

/** Ends with wrong usage: nothing was asked for. */
export function misused(why: string): void {
  console.error(why);
  process.exitCode = EXIT.usage;
}

export function print(text: string): void {
  if (text !== '') console.log(text);
}

export function printLines(values: unknown[]): void {
  for (const value of values) console.log(JSON.stringify(value));
}

/** Colours only on a terminal, and never against NO_COLOR. */
export const colour = (name: 'red' | 'yellow' | 'green' | 'dim' | 'bold', text: string) =>
  styleText(name, text, { stream: process.stdout });

export const number = (n: number) => n.toLocaleString('en-US');

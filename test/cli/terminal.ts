import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { COMPILED } from '../../demo/processes.ts';

const BINARY = fileURLToPath(new URL('../../bin/portage', import.meta.url));

/** Runs the binary on a terminal of its own, answers what it asks, and returns what the screen was sent. */
export async function onTerminal(
  args: string[],
  env: Record<string, string>,
  { question = '', answer = '' } = {},
): Promise<{ code: number | null; screen: string }> {
  const command = [BINARY, ...args].map((each) => `'${each}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols 90; exec ${command}`, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', ...COMPILED, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    if (question !== '' && screen.includes(question)) {
      child.stdin.write(answer);
      question = '';
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, screen };
}

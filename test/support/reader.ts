import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startWorker } from '../../src/workers/worker.ts';
import { type PortageRun, portage } from './portage.ts';
import { API_KEY, type Api, type World } from './world.ts';

/** A support person who types a page's commands in its order, where Portage runs. */
export interface Reader {
  api: Api;
  /**
   * Types the next command, which has to begin so, in this installation, where nobody can be asked; `id` in place of the
   * page's 12.
   */
  next: (start: string, id?: number) => PortageRun['ended'];
  /** What was not typed yet. */
  left: string[];
}

/** Starts worker and API, and opens a page of `docs`. */
export async function readerOf(world: World, page: string): Promise<Reader> {
  const path = fileURLToPath(new URL(`../../docs/${page}`, import.meta.url));
  const left = [...readFileSync(path, 'utf8').matchAll(/^\$ portage (.*?)(?: > .*)?$/gm)].map(
    ([, args]) => args ?? '',
  );
  world.closeLater(startWorker(world.open()));
  const api = await world.api();
  const url = await api.fastify.listen({ host: '127.0.0.1', port: 0 });
  const env = { ...world.env, PORTAGE_API_URL: url, PORTAGE_API_KEY: API_KEY };
  const next = (start: string, id = 0) => {
    const args = left.shift() ?? '';
    expect(args.slice(0, start.length)).toBe(start);
    const words = args
      .replace('--installation acme', '--installation werk')
      .replace(/ 12\b/, ` ${id}`)
      .split(' ');
    return portage(words[0] === 'start' ? [...words, '--yes'] : words, world.file, env).ended;
  };
  return { api, next, left };
}

import { jsonElements } from '../../demo/json-elements.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const element of jsonElements(pieces(text, size))) found.push(element);
  return found;
}

const elements = [
  { id: 'a', profile: { login: 'jörg@x.example', tags: ['{', '}', '\\', '"'] }, text: 'a "quote" and \\' },
  {},
  { id: '🎈', nested: { deep: { er: [{ a: 1 }] } } },
];

test.each([1, 2, 3, 7, 1_000])('objects come out whole, however the text is cut: %i bytes', async (size) => {
  expect(await read(JSON.stringify(elements), size)).toEqual(elements);
});

test('an empty array has none', async () => {
  expect(await read('[]', 1)).toEqual([]);
});

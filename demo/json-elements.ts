/** The objects of a JSON array while it arrives: a million of them would not fit into one string. */
export async function* jsonElements<T>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let text = '';
  let at = 0; // how far text has been looked at
  let start = 0; // where the present object begins
  let depth = 0;
  let quoted = false;
  for await (const chunk of chunks) {
    text = text.slice(start) + decoder.decode(chunk, { stream: true });
    at -= start;
    start = 0;
    for (; at < text.length; at++) {
      const character = text[at];
      if (quoted) {
        if (character === '\\') at++;
        else if (character === '"') quoted = false;
      } else if (character === '"') quoted = true;
      else if (character === '{' && depth++ === 0) start = at;
      else if (character === '}' && --depth === 0) yield JSON.parse(text.slice(start, at + 1)) as T;
    }
  }
}

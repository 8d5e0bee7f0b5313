/** Splits text that arrives in chunks into lines. */
import { invalidValue } from '../../errors.ts';

/**
 * The lines without their line breaks; blank lines are left out.
 *
 * @throws RouterError `invalid-value` for bytes: a character may begin in one chunk and end in the next
 */
export async function* linesOf(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    if (typeof chunk !== 'string') throw invalidValue(chunk, 'chunks', "text: createReadStream(file, 'utf8')");
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}

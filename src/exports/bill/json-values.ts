/**
 * The objects of a JSON file, one at a time, so that a file of a million lines needs the memory of one: JSON lines, an array, or the
 * elements of `data` in one or more pages of an API.
 */
import { RouterError } from '../../errors.ts';

/** The beginning of an API's page: everything before its list. */
const PAGE = /^\{[^{}[\]]*?"data"\s*:\s*\[/;
/** The end of an API's page: everything after its list. */
const PAGE_END = /^\][^{}]*\}/;
/** Matches `has_more` with any value but false and null. */
const HAS_MORE = /"has_more"\s*:\s*(?!false\b|null\b)\S/;

/**
 * Numbers are returned as the text in which they are written, because a cost must not become a float.
 *
 * @throws RouterError `invalid-data` where the text is not JSON, and where the last page says that another one follows
 */
export async function* jsonValues(chunks: AsyncIterator<string>, begun: string): AsyncGenerator {
  let text = begun.replace(/^\uFEFF/, '');
  let isOver = false;
  let hasMore = false;
  let found = 0;
  /** If a value does not end within this many characters, it is scanned again when there are twice as many. */
  let waitFor = 0;
  for (;;) {
    let start = 0;
    for (;;) {
      if (!isOver && text.length < waitFor) break;
      start += blanksAt(text, start);
      const rest = text.slice(start, start + 4096);
      const page = PAGE.exec(rest) ?? PAGE_END.exec(rest);
      if (page !== null) {
        hasMore = HAS_MORE.test(page[0]) || (hasMore && rest.startsWith(']'));
        start += page[0].length;
        continue;
      }
      if (rest.startsWith('[') || (isOver && rest.startsWith(']'))) {
        start++;
        continue;
      }
      if (rest === '' || rest.startsWith(']')) break;
      const end = endOfObject(text, start, found + 1);
      if (end < 0) {
        waitFor = 2 * (text.length - start);
        break;
      }
      waitFor = 0;
      yield parsed(text.slice(start, end), ++found);
      start = end;
    }
    text = text.slice(start);
    if (isOver) break;
    const { value, done } = await chunks.next();
    if (done === true) isOver = true;
    else text += value;
  }
  if (text.trim() !== '') throw invalid(found + 1);
  if (hasMore)
    throw new RouterError('invalid-data', 'the report is not whole: its last page says that another one follows', {
      path: `value ${found}`,
      accepted: 'all pages, one behind the other: fetch with page=<next_page> until has_more is false',
    });
}

/** Skips white space, and the commas between elements. */
function blanksAt(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t\r\n,'.includes(text[at] as string)) at++;
  return at - start;
}

/** The index after an object; -1 if it does not end. */
function endOfObject(text: string, start: number, index: number): number {
  if (text[start] !== '{') throw invalid(index);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfText(text, at);
      if (at < 0) return -1;
    } else if (code === 123 || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return at + 1;
  }
  return -1;
}

/** The index of the closing quote of a text. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

function parsed(text: string, index: number): unknown {
  try {
    return JSON.parse(text, function keepDigits(_key, value: unknown, ...context: unknown[]) {
      const [{ source } = {}] = context as [{ readonly source?: string }?];
      return typeof value === 'number' && source !== undefined ? source : value;
    });
  } catch {
    throw invalid(index);
  }
}

function invalid(index: number): RouterError {
  return new RouterError('invalid-data', 'this is not a JSON object', { path: `value ${index}`, accepted: 'JSON' });
}

/** The nesting depth of a JSON text. Parsers and writers recurse at each level, and the stack is limited. */

/** No vendor accepts even a tenth of this depth. */
const MAX_LEVELS = 500;

const QUOTE = 34;
const BACKSLASH = 92;
const LEVELS: Readonly<Record<number, number>> = { 91: 1, 123: 1, 93: -1, 125: -1 };

export function isTooDeep(json: string): boolean {
  let levels = 0;
  for (let at = 0; at < json.length && levels <= MAX_LEVELS; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at + 1) - 1;
    else levels += LEVELS[code] ?? 0;
  }
  return levels > MAX_LEVELS;
}

/** The index after the closing quote of the string whose text begins at `start`. */
export function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0;
    while (quote - 1 - escapes >= start && text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return quote + 1;
  }
  return text.length;
}

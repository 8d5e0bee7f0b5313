/** Reading a request's JSON as a provider would, by its own reckoning. */

export type Json = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** JSON text as an object; `undefined` when it is none. */
export function jsonObject(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** The text of a message's content: a string, or parts with a `text`. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map(part => textOr(part.text, ''))
    .join('');
}

export function positiveNumber(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

/** A text in so many pieces of about the same length, none empty; never through the middle of a character. */
export function split(text: string, pieces: number): readonly string[] {
  const characters = Array.from(text);
  const length = Math.max(1, Math.ceil(characters.length / Math.max(1, pieces)));
  const parts: string[] = [];
  for (let at = 0; at < characters.length; at += length) parts.push(characters.slice(at, at + length).join(''));
  return parts;
}

/** Reads the content of an error body, in any of the vendors' formats. */
import { field, listField, parseJson, stringField } from './json-fields.ts';

export interface ErrorText {
  /** All sentences of the error. */
  readonly message: string;
  /** The codes and types of the error, most specific first, as the vendor writes them. */
  readonly codes: readonly string[];
  /** The parameter that the error names in a separate field. */
  readonly param?: string | undefined;
  /** An HTTP status that the error names: a gateway's own status may differ. */
  readonly status?: number | undefined;
}

/**
 * Reads `{ error: { … } }`, `{ error: "text" }`, `{ message }`, `{ detail }`, `{ code, message }`, a list of one of them,
 * and an upstream error inside a gateway's. Any other value gives an empty error.
 */
export function readErrorBody(json: unknown): ErrorText {
  const outer: unknown = Array.isArray(json) ? json[0] : json;
  const error = field(outer, 'error');
  const inner = error instanceof Object ? error : outer;
  const upstream = field(inner, 'innererror') ?? field(inner, 'metadata');
  const raw = parseJson(stringField(upstream, 'raw') ?? '');
  const texts = [error, inner, field(outer, 'detail'), field(outer, 'errors'), field(upstream, 'raw')];
  const numbers = [field(inner, 'code'), field(inner, 'status'), field(inner, 'status_code')];
  const names = ['code', 'type', 'status'].map(name => field(inner, name));
  return {
    message: [...new Set(texts.flatMap(sentences))].map(withoutEchoes).join('\n'),
    codes: [
      ...(raw instanceof Object ? readErrorBody(raw).codes : []),
      ...[field(upstream, 'code'), field(upstream, 'error_type'), ...names].filter(isCode),
    ],
    param: stringField(inner, 'param'),
    status: numbers.map(Number).find(number => number >= 400 && number < 600),
  };
}

/** Characters of a sentence that are read. Some servers repeat the request in their errors. */
const MAX_CHARS = 2000;

/** The sentences of a text, which may be JSON, of an error, or of a list of validation errors, each with its path. */
function sentences(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const json = parseJson(value);
    return json instanceof Object ? sentences(json) : [value.slice(0, MAX_CHARS)];
  }
  if (Array.isArray(value)) return value.flatMap(sentences);
  const place = listField(value, 'loc').filter(part => part !== 'body');
  const text = stringField(value, 'msg');
  if (text !== undefined) return [[...place, ''].join('.').replace(/\.$/, ': ') + text];
  return ['message', 'detail', 'error'].flatMap(name => sentences(field(value, name) ?? []));
}

/** A text in quotes. The closing quote of a long one may have been cut off. */
const QUOTED = /(?<!\w)(['"`])((?:\\.|(?!\1)[^\\])*)(?:\1|$)/gs;
/** The text before a sentence of the server's own that is in quotes. */
const OWN_SENTENCE = /(?:message|detail|error|msg)['"]?\s*[:=]\s*$/i;
/** A quoted text with more words repeats the prompt: names of models and parameters have at most this many. */
const MAX_QUOTED_WORDS = 3;

/** The sentence without quoted texts: a server may repeat the prompt, whose words say nothing about the provider. */
function withoutEchoes(sentence: string): string {
  return sentence.replaceAll(QUOTED, (all: string, _: string, text: string, at: number) => {
    const isShort = text.split(/\s+/).length <= MAX_QUOTED_WORDS;
    return isShort || OWN_SENTENCE.test(sentence.slice(0, at)) ? all : '…';
  });
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/^[1-5]\d\d$/.test(value);
}

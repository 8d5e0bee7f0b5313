/** Parses a body of Anthropic's API so that each tool's input stays the text that it was. */
import { endOfString } from '../neutral/json-nesting.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { parseJsonText, RawJson } from '../neutral/json-text.ts';
import { isObject } from '../neutral/json-values.ts';

const QUOTE = 34;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const SPACE = 32;
const COMMA = 44;

/** The names that lead to a tool's input: in a request, and in a reply. */
export type InputPath = readonly ['messages', 'content'] | readonly ['content'];

/**
 * The parsed body, in which the `input` of every `tool_use` block is a string: its own JSON text. Parsing it would lose the order
 * of keys, doubled keys and long numbers.
 *
 * @throws SyntaxError for text that is not JSON
 */
export function parseWithInputs(text: string, path: InputPath): JsonValue {
  if (!text.includes('"tool_use"')) return parseJsonText(text);
  const spans: InputSpan[] = [];
  collect(text, skipSpace(text, 0), path, spans);
  let replaced = '';
  let from = 0;
  for (const [start, end] of spans) {
    replaced += text.slice(from, start) + JSON.stringify(text.slice(start, end));
    from = end;
  }
  return parseJsonText(replaced + text.slice(from));
}

/** The tool call of a parsed body, with its arguments as their original JSON. */
export function withInput(block: JsonValue): JsonValue {
  return isObject(block) && block.type === 'tool_use' && typeof block.input === 'string'
    ? { ...block, input: new RawJson(block.input) }
    : block;
}

type InputSpan = readonly [start: number, end: number];

/** Finds the inputs in an object, or in each object of a list. */
function collect(text: string, start: number, path: readonly string[], spans: InputSpan[]): void {
  if (text.charCodeAt(start) === OPEN_ARRAY) {
    for (let at = skipSpace(text, start + 1); text.charCodeAt(at) !== CLOSE_ARRAY && at < text.length; ) {
      collect(text, at, path, spans);
      at = afterValue(text, at);
    }
    return;
  }
  if (text.charCodeAt(start) !== OPEN_OBJECT) return;
  const [name, ...rest] = path;
  let isCall = false;
  const inputs: InputSpan[] = [];
  for (let at = skipSpace(text, start + 1); text.charCodeAt(at) === QUOTE; ) {
    const keyEnd = endOfString(text, at + 1);
    const key = text.slice(at + 1, keyEnd - 1);
    // A colon follows the key.
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, value);
    if (name !== undefined) {
      if (key === name) collect(text, value, rest, spans);
    } else if (key === 'input') inputs.push([value, end]);
    else if (key === 'type') isCall = text.slice(value, end) === '"tool_use"';
    at = afterComma(text, end);
  }
  if (isCall) spans.push(...inputs);
}

function afterValue(text: string, start: number): number {
  return afterComma(text, endOfValue(text, start));
}

function afterComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

/** The index after the value that begins at `start`; for text that is not JSON, any index after `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at + 1) - 1;
      if (depth === 0) return at + 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
      if (depth <= 0) return depth < 0 ? Math.max(at, start + 1) : at + 1;
    } else if (depth === 0 && (code === COMMA || code <= SPACE)) return Math.max(at, start + 1);
  }
  return text.length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

/** Random values of a type in a vendor's SDK. */
import type { SeededRandom } from '../../src/core/math/random.ts';
import { jsonText, RawJson } from '../../src/translate/neutral/json-text.ts';
import type { JsonValue } from '../../src/translate/neutral/json-text.ts';
import type { Shape } from './sdk-shapes.ts';

export interface RandomOptions {
  /** The weight of a member of a union, by its name or its `type`; 0: never. Default: 1 */
  readonly weights?: Readonly<Record<string, number>>;
  /** The value of a field, by its name; `undefined`: a random value of its type. */
  readonly fields?: Readonly<Record<string, (random: SeededRandom) => JsonValue | undefined>> | undefined;
  /** How likely an optional field is there. Default: 0.4 */
  readonly optional?: number;
  /** Minimum number of members of a list. Default: 0 */
  readonly fewest?: number;
}

/** Objects in objects: deeper ones have required fields only. */
const MAX_DEPTH = 7;

const TEXTS = [
  '',
  'a',
  'Hello, world',
  'é😀\u2028',
  'line\nbreak "quoted" \\ back',
  '{"a":1}',
  '\ud83d',
  'x'.repeat(40),
  ' ',
];

/** Texts of JSON that parsing and writing again would change. */
const ODD_JSON = [
  '{"b":1,"a":2,"10":3,"9":4}',
  '{"a":1,"a":2}',
  '{"n":1e400,"m":12345678901234567890}',
  '{ "spaced" : [ 1.0 ] }',
  '{}',
];

export function randomText(random: SeededRandom, isEmptyAllowed = false): string {
  const text = pick(random, TEXTS);
  return text.trim() === '' && !isEmptyAllowed ? `t${Math.floor(random.next() * 1e6)}` : text;
}

/** A JSON object as a text that a client or a model wrote. */
export function oddJson(random: SeededRandom): RawJson {
  return new RawJson(
    random.next() < 0.7 ? pick(random, ODD_JSON) : jsonText({ q: randomText(random), n: number(random) }),
  );
}

export function pick<Value>(random: SeededRandom, values: readonly Value[]): Value {
  return values[Math.floor(random.next() * values.length)] as Value;
}

function number(random: SeededRandom): number {
  return random.next() < 0.5 ? Math.floor(random.next() * 5000) : Math.round(random.next() * 1000) / 1000;
}

export function randomValue(shape: Shape, random: SeededRandom, options: RandomOptions = {}): JsonValue {
  const { weights = {}, fields = {}, optional = 0.4, fewest = 0 } = options;

  function value(at: Shape, depth: number): JsonValue {
    switch (at.kind) {
      case 'named':
        return value(at.shape(), depth);
      case 'literal':
        return at.value;
      case 'text':
        return randomText(random);
      case 'number':
        return number(random);
      case 'boolean':
        return random.next() < 0.5;
      case 'null':
        return null;
      case 'any':
        return pick(random, [1, 'x', true, [], {}, { k: [1] }]);
      case 'list': {
        const length = depth > MAX_DEPTH ? fewest : fewest + Math.floor(random.next() * (4 - fewest));
        return Array.from({ length }, () => value(at.of, depth + 1));
      }
      case 'union':
        return value(oneOf(at.options), depth);
      case 'object':
        return object(at, depth);
    }
  }

  function object(at: Extract<Shape, { kind: 'object' }>, depth: number): JsonValue {
    const made: Record<string, JsonValue> = {};
    for (const [name, { isOptional, shape: inner }] of at.fields) {
      if (isOptional && random.next() >= (depth > MAX_DEPTH ? 0 : optional)) continue;
      made[name] = fields[name]?.(random) ?? value(inner, depth + 1);
    }
    return made;
  }

  function oneOf(shapes: readonly Shape[]): Shape {
    const weighted = shapes.map(each => [each, weightOf(each)] as const);
    let left = random.next() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [each, weight] of weighted) {
      left -= weight;
      if (left < 0) return each;
    }
    return shapes[0] ?? { kind: 'null' };
  }

  function weightOf(option: Shape): number {
    if (option.kind === 'null') return weights.null ?? 0.1;
    if (option.kind !== 'named') return 1;
    return weights[option.name.split('.').at(-1) ?? ''] ?? weights.other ?? 1;
  }

  return value(shape, 0);
}

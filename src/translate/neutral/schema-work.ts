/** Limits the cost of a schema check, and contains the parts of it that compare several values. */
import { patternMatch } from './pattern-match.ts';
import type { SchemaMembers } from './schema-values.ts';
import { isList, isMembers, isText, sortedText } from './schema-values.ts';

/** It is unknown whether the value satisfies a keyword. */
export const UNDECIDED = new Error('undecided');
export const TOO_MUCH = new Error('too much work');

/** A step is a keyword, a state of a pattern, or some characters: about a second in all. */
const MAX_STEPS = 3_000_000;
const CHARS_PER_STEP = 32;

/** The work of one check. */
export class Work {
  #left = MAX_STEPS;
  readonly #patterns = new Map<string, ReturnType<typeof patternMatch>>();

  /** @throws TOO_MUCH */
  readonly spend = (steps: number): void => {
    this.#left -= steps;
    if (this.#left < 0) throw TOO_MUCH;
  };

  /** A text that is the same for equal values. */
  text(value: unknown): string {
    const text = sortedText(value);
    this.spend(1 + text.length / CHARS_PER_STEP);
    return text;
  }

  /** @throws UNDECIDED for a pattern that is not supported */
  isMatch(pattern: string, text: string): boolean {
    if (!this.#patterns.has(pattern)) this.#patterns.set(pattern, patternMatch(pattern));
    const match = this.#patterns.get(pattern);
    if (match === undefined) throw UNDECIDED;
    return match(text, this.spend);
  }
}

export function areUnique(list: readonly unknown[], work: Work): boolean {
  return new Set(list.map(one => work.text(one))).size === list.length;
}

export function isOneOf(values: readonly unknown[], value: unknown, work: Work): boolean {
  if (values.includes(value)) return true;
  // Values other than lists and objects are equal only if identical.
  if (!isList(value) && !isMembers(value)) return false;
  const text = work.text(value);
  return values.some(one => (isList(one) || isMembers(one)) && work.text(one) === text);
}

/** The part of the schema that a reference names; `undefined` for one that is not found. */
export function partAt(root: unknown, ref: unknown, work: Work): unknown {
  if (!isText(ref) || (ref !== '#' && !ref.startsWith('#/')) || /%(?![\da-f]{2})/i.test(ref)) return undefined;
  let part = root;
  for (const name of ref.split('/').slice(1)) {
    work.spend(1);
    const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return undefined;
    part = (part as SchemaMembers)[key];
    // References in this part are relative to its own address.
    if (isMembers(part) && isText(part.$id)) return undefined;
  }
  return part;
}

/** Whether a schema has a rule for a member by its name. */
export function isNamed({ properties, patternProperties }: SchemaMembers, name: string, work: Work): boolean {
  if (isMembers(properties) && Object.hasOwn(properties, name)) return true;
  return isMembers(patternProperties) && Object.keys(patternProperties).some(pattern => work.isMatch(pattern, name));
}

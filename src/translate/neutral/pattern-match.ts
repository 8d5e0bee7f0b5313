/**
 * Whether a text has a match of a regular expression, in time that grows with the length of each only. JavaScript's own search tries
 * every way to match (`(a+)+`), and nothing can stop it.
 */

/** Called with the number of steps taken; may throw. */
type TakeSteps = (steps: number) => void;

type PatternPart =
  | { readonly kind: 'char'; readonly takes: (char: string) => boolean }
  | { readonly kind: 'place'; readonly holds: PlaceRule }
  | { readonly kind: 'all' | 'any'; readonly nodes: readonly PatternPart[] }
  | { readonly kind: 'times'; readonly node: PatternPart; readonly least: number; readonly most: number };

/** A rule for the place between two characters: the one before it and the one after it. */
type PlaceRule = (before: string | undefined, after: string | undefined) => boolean;

interface PatternState {
  readonly takes?: (char: string) => boolean;
  readonly holds?: PlaceRule;
  readonly next: PatternState[];
}

/** An escape, a class, the beginning of a group, a quantifier, or one character. */
const TOKEN =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\[pP]\{[^}]*\}|\\u\{[\da-fA-F]+\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[a-zA-Z]|\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?::|<\w+>))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|./s;

/** Not supported here: back references and look-around. */
const UNKNOWN = /^\\[\dkK]/;
/** These escapes have another meaning in a pattern that is not read as Unicode. */
const UNKNOWN_WITHOUT_UNICODE = /^\\[pPuxc]/;
const QUANTIFIER = /^(?:[*+?]|\{\d)/;

/**
 * `undefined` for a pattern that is not supported: one that JavaScript cannot read, or with look-around or back references.
 */
export function patternMatch(pattern: string): ((text: string, spend: TakeSteps) => boolean) | undefined {
  for (const flags of ['u', '']) {
    try {
      // Some patterns are invalid in Unicode mode.
      RegExp(pattern, flags);
    } catch {
      continue;
    }
    const node = new PatternReader(pattern, flags).read();
    if (node === undefined) return undefined;
    const end: PatternState = { next: [] };
    let start: PatternState | undefined;
    return (text, spend) => {
      start ??= stateOf(node, end, spend);
      return isFound(start, end, flags === '' ? text.split('') : Array.from(text), spend);
    };
  }
  return undefined;
}

class PatternReader {
  readonly #tokens: readonly string[];
  readonly #flags: string;
  #at = 0;

  constructor(pattern: string, flags: string) {
    this.#tokens = Array.from(pattern.matchAll(new RegExp(TOKEN, `gs${flags}`)), ([token]) => token);
    this.#flags = flags;
  }

  read(): PatternPart | undefined {
    const unknown = this.#flags === '' ? [UNKNOWN, UNKNOWN_WITHOUT_UNICODE] : [UNKNOWN];
    const isKnown = this.#tokens.every(
      (token, at) =>
        !unknown.some(one => one.test(token)) && !(token === '(' && this.#tokens[at + 1]?.startsWith('?') === true),
    );
    return isKnown ? this.#alternatives() : undefined;
  }

  #alternatives(): PatternPart {
    const nodes: PatternPart[] = [];
    do nodes.push(this.#sequence());
    while (this.#tokens[this.#at++] === '|');
    return { kind: 'any', nodes };
  }

  #sequence(): PatternPart {
    const nodes: PatternPart[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined && token !== '|' && token !== ')'; ) {
      this.#at += 1;
      const node = this.#atom(token);
      token = this.#tokens[this.#at];
      if (token !== undefined && QUANTIFIER.test(token)) {
        const [least, most] = timesOf(token);
        nodes.push({ kind: 'times', node, least, most });
        token = this.#tokens[++this.#at];
      } else nodes.push(node);
    }
    return { kind: 'all', nodes };
  }

  #atom(token: string): PatternPart {
    // `#alternatives` consumes the bracket that ends the group.
    if (token.startsWith('(')) return this.#alternatives();
    if (token === '^') return { kind: 'place', holds: before => before === undefined };
    if (token === '$') return { kind: 'place', holds: (_, after) => after === undefined };
    if (token === '\\b') return { kind: 'place', holds: (before, after) => isWord(before) !== isWord(after) };
    if (token === '\\B') return { kind: 'place', holds: (before, after) => isWord(before) === isWord(after) };
    const one = new RegExp(`^${token}$`, this.#flags);
    const known = new Map<string, boolean>();
    return {
      kind: 'char',
      takes: char => {
        const isTaken = known.get(char) ?? one.test(char);
        known.set(char, isTaken);
        return isTaken;
      },
    };
  }
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /\w/.test(char);
}

function timesOf(quantifier: string): readonly [least: number, most: number] {
  if (quantifier.startsWith('*')) return [0, Number.POSITIVE_INFINITY];
  if (quantifier.startsWith('+')) return [1, Number.POSITIVE_INFINITY];
  if (quantifier.startsWith('?')) return [0, 1];
  const [least = 0, most = least] = quantifier.slice(1).split(',').map(Number.parseFloat);
  return [least, Number.isNaN(most) ? Number.POSITIVE_INFINITY : most];
}

/** The search's state before the node, and what follows it. */
function stateOf(node: PatternPart, then: PatternState, spend: TakeSteps): PatternState {
  // A counted repetition has many states.
  spend(4);
  switch (node.kind) {
    case 'char':
      return { takes: node.takes, next: [then] };
    case 'place':
      return { holds: node.holds, next: [then] };
    case 'all':
      return node.nodes.reduceRight((after, one) => stateOf(one, after, spend), then);
    case 'any':
      return { next: node.nodes.map(one => stateOf(one, then, spend)) };
    case 'times': {
      let state = then;
      if (node.most === Number.POSITIVE_INFINITY) {
        state = { next: [then] };
        state.next.push(stateOf(node.node, state, spend));
      } else
        for (let count = node.least; count < node.most; count++) {
          spend(4);
          state = { next: [stateOf(node.node, state, spend), then] };
        }
      for (let count = 0; count < node.least; count++) state = stateOf(node.node, state, spend);
      return state;
    }
  }
}

function isFound(start: PatternState, end: PatternState, chars: readonly string[], spend: TakeSteps): boolean {
  let before: PatternState[] = [];
  for (let at = 0; at <= chars.length; at++) {
    const char = chars[at];
    // A match may begin anywhere. The loop also visits states that are added meanwhile.
    const reached = new Set([...before, start]);
    for (const state of reached)
      if (state.takes === undefined && state.holds?.(chars[at - 1], char) !== false)
        for (const next of state.next) reached.add(next);
    if (reached.has(end)) return true;
    spend(reached.size);
    before = [];
    if (char !== undefined) for (const { takes, next } of reached) if (takes?.(char) === true) before.push(...next);
  }
  return false;
}

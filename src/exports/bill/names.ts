/** Decides when a name on a bill and a name in the ledger mean the same model or meter. */

/**
 * A model's name without vendors' additions: its words in alphabetical order, and its numbers. `gpt-5-mini-2025-08-07`,
 * `openai/gpt-5-mini` and `GPT 5 Mini` give the same result as the API's own name. So do Bedrock's
 * `us.anthropic.claude-opus-4-6-v1:0` and `Claude4.6Opus`.
 */
export function modelFamily(name: string): string {
  let family = families.get(name);
  if (family === undefined) {
    if (families.size > MAX_FAMILIES) families.clear();
    families.set(name, (family = familyOf(name)));
  }
  return family;
}

/** A bill has few names and a million rows. */
const families = new Map<string, string>();
const MAX_FAMILIES = 10_000;

function familyOf(name: string): string {
  const bare = name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/@.*$/, '')
    // Bedrock puts vendors before a name and its own version after it. Elsewhere `v3` is the model's version: `deepseek-v3`.
    .replace(/^(?:[a-z]+\.)+([a-z].*?)(?:-v\d+(?::\d+)?)?$/, '$1')
    .replace(/[-_ ]v\d+:\d+$/, '')
    .replace(/[-_ @](?:20\d\d-?[01]\d-?[0-3]\d|latest|preview)$/, '')
    // Azure writes the month and day of a snapshot: `gpt 4o 1120`.
    .replace(/ [01]\d[0-3]\d$/, '');
  const words = bare.match(/[a-z]+|\d+/g) ?? [];
  const isNumber = (word: string): boolean => /\d/.test(word);
  return [...words.filter(word => !isNumber(word)).toSorted(), ...words.filter(isNumber)].join(' ');
}

/** How well two names agree: not at all, one that covers all names, one of the same family, the same name. */
export const AGREES = { not: 0, covers: 1, family: 2, exact: 3 } as const;

/** @param names of the model that made a call: the requested one, and the one in the reply */
export function modelAgrees(onBill: string, names: readonly string[]): number {
  if (onBill === '') return AGREES.covers;
  if (names.includes(onBill)) return AGREES.exact;
  const family = modelFamily(onBill);
  return names.some(name => modelFamily(name) === family) ? AGREES.family : AGREES.not;
}

/** Meters that a bill may combine. */
const METER_FAMILIES: Readonly<Record<string, string>> = {
  'Cache Write Tokens 5m': 'Cache Write Tokens',
  'Cache Write Tokens 1h': 'Cache Write Tokens',
  'Web Searches (Preview)': 'Web Searches',
};

export function meterAgrees(onBill: string, meter: string): number {
  if (onBill === meter) return AGREES.exact;
  if (onBill === '') return AGREES.covers;
  return METER_FAMILIES[meter] === onBill ? AGREES.family : AGREES.not;
}

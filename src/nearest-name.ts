/** The name that a misspelled one probably stands for, for error messages. */

/** A shorter name is too ambiguous to be completed. */
const MIN_STEM = 3;

/**
 * The one of `names` that takes the fewest edits, ignoring case; `undefined` when every name takes more than a few. A missing
 * ending counts as one edit: `cost` for `costUsd`.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  let fewest = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const other = candidate.toLowerCase();
    const lacksEnding = wanted.length >= MIN_STEM && other.startsWith(wanted) && other !== wanted;
    // Each extra character is an edit: names of very different length are skipped, because 10,000 characters would take
    // seconds.
    if (!lacksEnding && Math.abs(other.length - wanted.length) >= fewest) continue;
    const edits = lacksEnding ? 1 : editDistance(wanted, other);
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

/** Levenshtein distance: the fewest characters to insert, delete or replace to turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** Words for a feature of which no outcome was ever recorded: nothing is learned from it. */
import type { Cell } from '../cells/cell.ts';

/** How to record outcomes, for display. */
export const HOW_TO_RECORD =
  'Record each outcome where the application learns of it: `await intent.succeed()` or `await intent.fail()`, later and elsewhere ' +
  'with the id of the intent; or say what silence means: `silence: { after: "1d", means: "success" }` in the configuration of the ' +
  'feature (`outcome-router help outcomes`).';

/** The number of intents of a feature if none of them ever had an outcome; otherwise 0. */
export function neverLabelled(cells: readonly Cell[]): number {
  let intents = 0n;
  for (const { key, sums } of cells) {
    if (key.scope !== 'plan') continue;
    if ((sums.labelled ?? 0n) > 0n) return 0;
    intents += sums.n ?? 0n;
  }
  return Number(intents);
}

/** What an explanation says of a feature without recorded outcomes: its first note, and that no plan is known to cost less than another. */
export function unknownOf(
  cells: readonly Cell[],
  { silence, hasPrior = false }: { readonly silence?: unknown; readonly hasPrior?: boolean },
): { readonly isUnknown: boolean; readonly notes: readonly string[] } {
  if (neverLabelled(cells) === 0) return { isUnknown: false, notes: [] };
  const note = 'No outcome has ever been recorded: what follows is the prior.';
  const more = silence === undefined ? HOW_TO_RECORD : 'The silence window of no intent has ended yet.';
  return { isUnknown: !hasPrior, notes: [`${note} ${more}`] };
}

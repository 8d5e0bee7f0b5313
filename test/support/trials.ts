/**
 * How many times a random trial is made: the number that `npm test` makes, times OUTCOME_ROUTER_TRIALS. `.ci/run` makes five
 * times as many.
 */
export function trials(count: number): number {
  return count * Number(process.env['OUTCOME_ROUTER_TRIALS'] ?? 1);
}

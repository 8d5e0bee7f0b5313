/** How likely a count of missing outcomes is by chance, exactly where counts are small: there, a normal distribution is far off. */

/** A group inside one stratum: the stratum's items and hits are dealt to groups at random. */
export interface Dealt {
  readonly items: number;
  readonly hits: number;
  /** Number of items in the group. */
  readonly n: number;
}

/** Maximum number of values of a count for which its distribution is computed exactly; beyond it, the normal distribution is close. */
const EXACT_VALUES = 200;

/** @returns the distribution of the hits that the group gets in all strata; `undefined` where these are many */
export function hitsByChance(
  strata: readonly Dealt[],
): { readonly least: number; readonly chances: readonly number[] } | undefined {
  let least = 0;
  let chances = [1];
  for (const stratum of strata) {
    const fewest = Math.max(0, stratum.n + stratum.hits - stratum.items);
    const values = Math.min(stratum.n, stratum.hits) - fewest + 1;
    if (chances.length + values > EXACT_VALUES) return undefined;
    const added = hypergeometric(stratum, { least: fewest, values });
    const sum = Array.from({ length: chances.length + values - 1 }, () => 0);
    for (const [a, chance] of chances.entries())
      for (const [b, chanceOfAdded] of added.entries()) sum[a + b] = (sum[a + b] as number) + chance * chanceOfAdded;
    least += fewest;
    chances = sum;
  }
  return { least, chances };
}

/** Goes from each value to the next by the ratio of their chances, outwards from the most likely value so that nothing overflows. */
function hypergeometric(
  { items, hits, n }: Dealt,
  { least, values }: { readonly least: number; readonly values: number },
): readonly number[] {
  const most = least + values - 1;
  const mode = Math.min(most, Math.max(least, Math.floor(((n + 1) * (hits + 1)) / (items + 2))));
  const ratio = (k: number): number => ((hits - k) * (n - k)) / ((k + 1) * (items - hits - n + k + 1));
  const weights = Array.from({ length: values }, () => 0);
  weights[mode - least] = 1;
  for (let k = mode; k < most; k++) weights[k + 1 - least] = (weights[k - least] as number) * ratio(k);
  for (let k = mode; k > least; k--) weights[k - 1 - least] = (weights[k - least] as number) / ratio(k - 1);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map(weight => weight / whole);
}

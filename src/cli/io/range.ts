/** The part of a ledger that a command reads: a period and a feature; and the durations for commands that remove data. */
import type { Command } from 'commander';
import { RouterError } from '../../errors.ts';
import type { LedgerRange } from '../../contracts/ledger-source.ts';
import type { StoreView } from '../../contracts/store.ts';
import type { PeriodFlags } from './period.ts';
import { parseDuration, periodOf, withPeriod } from './period.ts';

export interface RangeFlags extends PeriodFlags {
  readonly feature?: string;
}

/** Adds the options to a command. */
export function withRange(command: Command): Command {
  return withPeriod(command).option('--feature <name>', 'only this feature');
}

/**
 * The options as a range. An option that was not given sets no bound.
 *
 * @throws RouterError `invalid-value` as {@link periodOf} does
 */
export function rangeOf(flags: RangeFlags): LedgerRange {
  return { ...periodOf(flags), ...(flags.feature === undefined ? {} : { feature: flags.feature }) };
}

/** Checks features' names, because a misspelled one would give an empty result. @throws RouterError `unknown-feature` */
export async function requireFeatures(
  store: Pick<StoreView, 'features'>,
  features: readonly (string | undefined)[] = [],
  option = '--feature',
): Promise<void> {
  const known = await store.features();
  for (const feature of features)
    if (feature !== undefined && !known.includes(feature)) throw unknownFeature(feature, known, option);
}

export function unknownFeature(feature: string, known: readonly string[], option = '--feature'): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no feature "${feature}"`, {
    path: option,
    accepted: known,
    given: feature,
  });
}

/** The description of `--remember`. */
export const REMEMBER =
  'refuse the ids of removed intents for this long after their last record (default: a year more than --older-than)';

/**
 * The option as a time; empty if it was not given.
 *
 * @throws RouterError `invalid-value`, also if the ids of the intents that are removed now would be forgotten at once
 */
export function rememberedFrom(
  { olderThan, remember }: { readonly olderThan: string; readonly remember?: string },
  nowMs: number,
): { readonly forgetBeforeMs?: number } {
  if (remember === undefined) return {};
  const rememberedMs = parseDuration(remember, '--remember');
  if (rememberedMs > parseDuration(olderThan, '--older-than')) return { forgetBeforeMs: nowMs - rememberedMs };
  throw new RouterError('invalid-value', `"${remember}" is not longer than --older-than: no id would be remembered`, {
    path: '--remember',
    accepted: `a longer duration than ${olderThan}, or no --remember`,
  });
}

/** `--from`, `--to`, `--feature` and durations: the part of a ledger that a command reads. */
import type { Command } from 'commander';
import { durationMs } from '../../config/duration.ts';
import { formatMoment } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { LedgerRange } from '../../contracts/ledger-source.ts';
import type { StoreView } from '../../contracts/store.ts';
import { parseDate } from './numbers.ts';

export interface RangeFlags {
  readonly from?: number;
  readonly to?: number;
  readonly feature?: string;
}

/** Adds the options to a command. */
export function withRange(command: Command): Command {
  return command
    .option('--from <date>', 'at or after this date or time, UTC: 2026-11-01', parseDate)
    .option('--to <date>', 'before this date or time, UTC', parseDate)
    .option('--feature <name>', 'only this feature');
}

/**
 * The options as a range. An option that was not given sets no bound.
 *
 * @throws RouterError `invalid-value` for an empty range
 */
export function rangeOf({ from, to, feature }: RangeFlags): LedgerRange {
  if (from !== undefined && to !== undefined && from >= to) {
    const [start, end] = [formatMoment(from), formatMoment(to)];
    throw new RouterError('invalid-value', `the range from ${start} to ${end} UTC is empty`, {
      path: '--from, --to',
      accepted: 'a --to later than --from',
    });
  }
  return {
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(feature === undefined ? {} : { feature }),
  };
}

/** Checks features' names, since a misspelt one would give an empty result. @throws RouterError `unknown-feature` */
export async function requireFeatures(
  store: Pick<StoreView, 'features'>,
  features: readonly (string | undefined)[] = [],
): Promise<void> {
  const known = await store.features();
  for (const feature of features)
    if (feature !== undefined && !known.includes(feature)) throw unknownFeature(feature, known);
}

export function unknownFeature(feature: string, known: readonly string[]): RouterError {
  return new RouterError('unknown-feature', `the ledger knows no feature "${feature}"`, {
    path: '--feature',
    accepted: known,
    given: feature,
  });
}

/**
 * `7d` → milliseconds. A number needs its unit: `prune --older-than 90` would remove everything older than 90 ms.
 *
 * @throws RouterError `invalid-value` with the option's name
 */
export function parseSince(text: string, option = '--since'): number {
  const ms = durationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new RouterError('invalid-value', `${JSON.stringify(text)} is not a duration`, {
    path: option,
    accepted: 'a number with ms, s, m, h or d: 7d',
  });
}

/** The description of `--remember`. */
export const REMEMBER =
  'refuse the ids of removed intents for this long after their last record (default: a year more than --older-than)';

/**
 * The option as a time; nothing where it was not given.
 *
 * @throws RouterError `invalid-value`, also where the ids of the intents that are removed now would be forgotten at once
 */
export function rememberedFrom(
  { olderThan, remember }: { readonly olderThan: string; readonly remember?: string },
  nowMs: number,
): { readonly forgetBeforeMs?: number } {
  if (remember === undefined) return {};
  const rememberedMs = parseSince(remember, '--remember');
  if (rememberedMs > parseSince(olderThan, '--older-than')) return { forgetBeforeMs: nowMs - rememberedMs };
  throw new RouterError('invalid-value', `"${remember}" is not longer than --older-than: no id would be remembered`, {
    path: '--remember',
    accepted: `a longer duration than ${olderThan}, or no --remember`,
  });
}

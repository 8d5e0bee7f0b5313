/** `--from`, `--to` and `--feature`: which part of a ledger a command is about. */
import type { Command } from 'commander';
import { formatMoment } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { LedgerRange } from '../../contracts/ledger-source.ts';
import type { Store } from '../../contracts/store.ts';
import { parseDate } from './numbers.ts';

export interface RangeFlags {
  readonly from?: number;
  readonly to?: number;
  readonly feature?: string;
}

/** Adds the options, with the same words everywhere. */
export function withRange(command: Command): Command {
  return command
    .option('--from <date>', 'from this day or moment on, UTC: 2026-11-01', parseDate)
    .option('--to <date>', 'until before this day or moment, UTC', parseDate)
    .option('--feature <name>', 'only this feature');
}

/**
 * The options as a range; what was not given is absent.
 *
 * @throws RouterError `invalid-value` for a range that nothing can lie in
 */
export function rangeOf({ from, to, feature }: RangeFlags): LedgerRange {
  if (from !== undefined && to !== undefined && from >= to) {
    const [start, end] = [formatMoment(from), formatMoment(to)];
    throw new RouterError('invalid-value', `nothing is from ${start} on and before ${end} UTC`, {
      path: '--from, --to',
      accepted: 'a --to that is later than --from',
    });
  }
  return {
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(feature === undefined ? {} : { feature }),
  };
}

/** A misspelt feature would be an empty result. @throws RouterError `unknown-feature` */
export async function requireFeature(store: Store, feature: string | undefined): Promise<void> {
  if (feature === undefined) return;
  const known = await store.features();
  if (known.includes(feature)) return;
  throw new RouterError('unknown-feature', `the ledger knows no feature "${feature}"`, {
    path: '--feature',
    accepted: known,
    given: feature,
  });
}

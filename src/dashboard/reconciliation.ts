/**
 * The last comparison of the bill with the ledger, for display: the output of `reconcile --json`, or the result of the function.
 */
import { toDecimalUsd } from '../core/ledger/money.ts';
import { RouterError } from '../errors.ts';
import { REASON_WORDS } from '../exports/bill/difference-words.ts';
import type { DifferenceReason } from '../exports/bill/differences.ts';
import { EXPECTED_REASONS } from '../exports/bill/differences.ts';
import type { Reconciliation } from '../exports/bill/reconcile.ts';
import type { ReconciliationMessage } from './messages.ts';

/** When the bill was compared, and the result. In a JSON file, whole numbers of nano-dollars are text. */
export interface ComparedBill {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly reconciliation: Reconciliation;
}

const GROUPS = [
  ['matched to the nano-dollar', 'matched'],
  ['matched, within the rounding of the bill', 'rounded'],
  ['in both, at different costs', 'different'],
  ['only on the bill', 'missingInLedger'],
  ['only in the ledger', 'missingInBill'],
] as const;

type Given = Readonly<
  Record<
    string,
    { readonly count: number; readonly billedNanoUsd: bigint | string; readonly ledgerNanoUsd: bigint | string }
  >
>;

/** @throws RouterError `invalid-data` for anything else */
export function reconciliationMessage({ atMs, reconciliation: given }: ComparedBill): ReconciliationMessage {
  try {
    const { billedNanoUsd, ledgerNanoUsd, parts } = given;
    const groups = given as unknown as Given;
    return {
      atMs,
      billedUsd: usd(billedNanoUsd),
      ledgerUsd: usd(ledgerNanoUsd),
      differenceUsd: usd(nano(billedNanoUsd) - nano(ledgerNanoUsd)),
      groups: GROUPS.map(([title, name]) => {
        const group = groups[name];
        return {
          title,
          items: whole(group?.count),
          billedUsd: usd(group?.billedNanoUsd),
          ledgerUsd: usd(group?.ledgerNanoUsd),
        };
      }),
      parts: parts.map(({ reason, count, nanoUsd }) => ({
        title: wordsOf(reason),
        items: whole(count),
        usd: usd(nanoUsd),
        isExpected: EXPECTED_REASONS.has(reason),
      })),
    };
  } catch (error) {
    throw new RouterError('invalid-data', 'not the result of a comparison with a bill', {
      path: 'reconciliation',
      accepted: 'what `outcome-router reconcile --json` prints, or what `reconcile` returns',
      cause: error,
    });
  }
}

/** A later version of the command may have more reasons. */
function wordsOf(reason: DifferenceReason): string {
  if (!Object.hasOwn(REASON_WORDS, reason)) throw new TypeError('not a known reason of a difference');
  return REASON_WORDS[reason];
}

/** In JSON the amount is text. */
function nano(amount: bigint | string): bigint {
  return BigInt(amount);
}

function usd(nanoUsd: bigint | string | undefined): string {
  if (nanoUsd === undefined) throw new TypeError('an amount is missing');
  return toDecimalUsd(nano(nanoUsd));
}

function whole(count: number | undefined): number {
  if (typeof count !== 'number' || !Number.isSafeInteger(count)) throw new TypeError('not a count');
  return count;
}

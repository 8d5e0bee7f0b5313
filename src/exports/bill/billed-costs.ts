/** What the provider billed in place of what the price list said: corrected costs, and the statistics with them. */
import type { AttemptedRecord, Intent } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import type { BillRow } from './bill.ts';
import type { Charge } from '../focus/charges.ts';
import { ledgerCharges } from '../focus/charges.ts';
import type { Matching, MatchOptions, Pair } from './match-bill.ts';
import { matchBill, toNano } from './match-bill.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';
import type { Change, Store } from '../../contracts/store.ts';

export interface BilledCostOptions extends MatchOptions {
  /** When the bill is applied, milliseconds since the epoch. */
  readonly atMs: number;
  /** When silence will settle an intent that is still open, from its feature's configuration. */
  readonly dueAtMs: (intent: Intent) => number | null;
}

/** What {@link applyBilledCosts} did. */
export interface AppliedCosts {
  readonly attempts: number;
  readonly intents: number;
  /** Intents that moved on meanwhile: apply the bill again. */
  readonly refused: number;
  /** What the ledger's total changed by. */
  readonly differenceNanoUsd: bigint;
}

/**
 * The changes that give attempts their cost on the bill, wherever it differs from the ledger's. Where several attempts
 * share an item of the bill (an hour, a retried request), they share its cost in proportion to their own, and the shares
 * add up to it exactly. An attempt of which the bill knows only a part keeps its cost. Applying a bill twice changes
 * nothing more.
 *
 * A change is to be committed before the next one is asked for.
 */
export async function* billedCostChanges(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  source: LedgerSource,
  options: BilledCostOptions,
): AsyncGenerator<Change> {
  const { priceOf, atMs, dueAtMs, ...range } = options;
  const shareOf = sharing(await matchBill(bill, source, { priceOf, ...range }));
  for await (const charges of ledgerCharges(source, priceOf, range)) {
    for (const [intent, costs] of billedCosts(charges, shareOf)) {
      const { id: intentId, decided, revision } = intent;
      const fact = { kind: 'attempted', intentId, feature: decided.feature, atMs } as const;
      const records = costs.map(
        ([attempt, costNanoUsd], index): AttemptedRecord => ({
          ...fact,
          revision: revision + index,
          attempt: { ...attempt, costNanoUsd, provenance: 'reported' },
          replaces: intent.attempts.indexOf(attempt),
        }),
      );
      const after = records.reduce<Intent>(appendRecord, intent);
      const delta = contributionDelta(intent, after);
      const due = after.outcome.state === 'pending' ? dueAtMs(after) : null;
      yield { intentId, feature: decided.feature, expectedRevision: revision, records, delta, dueAtMs: due };
    }
  }
}

/** Commits {@link billedCostChanges}. */
export async function applyBilledCosts(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  target: LedgerSource & Pick<Store, 'commit'>,
  options: BilledCostOptions,
): Promise<AppliedCosts> {
  const applied = { attempts: 0, intents: 0, refused: 0, differenceNanoUsd: 0n };
  for await (const change of billedCostChanges(bill, target, options)) {
    if (!(await target.commit(change))) {
      applied.refused++;
      continue;
    }
    applied.intents++;
    applied.attempts += change.records.length;
    for (const { key, sums } of change.delta) if (key.scope === 'plan') applied.differenceNanoUsd += sums.cost ?? 0n;
  }
  return applied;
}

/** Attempts whose cost on the bill is known and another one, by intent. */
function billedCosts(
  charges: readonly Charge[],
  shareOf: (charge: Charge) => bigint | undefined,
): ReadonlyMap<Intent, readonly (readonly [Attempt, NanoUsd])[]> {
  const billed = new Map<Attempt, { readonly intent: Intent; total: bigint | undefined }>();
  for (const charge of charges) {
    // What the ledger has beside its lines is not on the bill: the lines' shares are the whole of it.
    if (charge.kind === 'adjustment') continue;
    const { attempt, intent } = charge;
    const share = shareOf(charge);
    const known = billed.get(attempt) ?? { intent, total: 0n };
    known.total = share === undefined || known.total === undefined ? undefined : known.total + share;
    billed.set(attempt, known);
  }
  const byIntent = new Map<Intent, (readonly [Attempt, NanoUsd])[]>();
  for (const [attempt, { intent, total }] of billed) {
    if (total === undefined || total === BigInt(attempt.costNanoUsd)) continue;
    const costs = byIntent.get(intent) ?? [];
    costs.push([attempt, Number(total)]);
    byIntent.set(intent, costs);
  }
  return byIntent;
}

/**
 * A charge's share of its item of the bill, nano-dollars; `undefined` where the bill has none. Shares are differences of
 * rounded running totals, so they add up to the item exactly, and no list of charges is kept.
 */
function sharing(matching: Matching): (charge: Charge) => bigint | undefined {
  const running = new Map<Pair, { ledger: bigint; shared: bigint }>();
  return charge => {
    const pair = matching.pairOf(charge);
    if (pair === undefined || pair.bill.rows === 0) return undefined;
    const whole = toNano(pair.ledger.cost);
    const billed = toNano(pair.bill.cost);
    const sum = running.get(pair) ?? { ledger: 0n, shared: 0n };
    running.set(pair, sum);
    sum.ledger += BigInt(charge.costNanoUsd);
    // Free in the ledger: the first charge takes all, for want of a proportion.
    const upTo = sum.ledger >= whole ? billed : (billed * sum.ledger) / whole;
    const share = upTo - sum.shared;
    sum.shared = upTo;
    return share;
  };
}

/** Replaces the ledger's costs by those on a bill, and corrects the statistics with them. */
import { callback, finite, optionsWith, storeWith } from '../../argument-checks.ts';
import type { AttemptedRecord, Intent } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import { MAX_FACT_NANO_USD, MAX_FACT_USD, toUsd } from '../../core/ledger/money.ts';
import { RouterError } from '../../errors.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import type { BillRow } from './bill-row.ts';
import type { Charge } from '../focus/charges.ts';
import { ledgerCharges } from '../focus/charges.ts';
import type { ItemIndex } from './bill-items.ts';
import { toNano, unitOf } from './bill-row.ts';
import { stateOf } from './differences.ts';
import type { Matching, MatchOptions } from './match-bill.ts';
import { checkBill, MATCH_OPTIONS, matchBill } from './match-bill.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';
import type { Change, Store } from '../../contracts/store.ts';

export interface BilledCostOptions extends MatchOptions {
  /** When the bill is applied, milliseconds since the epoch. */
  readonly atMs: number;
  /** When silence will label an intent without an outcome, from its feature's configuration. */
  readonly dueAtMs: (intent: Intent) => number | null;
}

const checkOptions = optionsWith<BilledCostOptions>({ ...MATCH_OPTIONS, atMs: finite, dueAtMs: callback });
const checkLedger = storeWith('scan', 'load');
const checkTarget = storeWith('scan', 'load', 'commitAll');

/** The result of {@link applyBilledCosts}. */
export interface AppliedCosts {
  readonly attempts: number;
  readonly intents: number;
  /** Intents that another process changed meanwhile: apply the bill again. */
  readonly refused: number;
  /** The ledger's total after minus before. */
  readonly differenceNanoUsd: bigint;
}

/**
 * The changes that give attempts their billed cost, wherever it differs from the ledger's. If several attempts belong to
 * one item of the bill (an hour, a retried request), its cost is apportioned to them by their own costs, without a
 * rounding remainder. An attempt that the bill covers only in part keeps its cost. Applying a bill twice has no further
 * effect.
 *
 * Commit each change before you request the next one.
 *
 * @throws RouterError `invalid-data` for a cost that no attempt can have, `invalid-value` for wrong arguments
 */
export async function* billedCostChanges(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  source: LedgerSource,
  options: BilledCostOptions,
): AsyncGenerator<Change> {
  checkBill(bill, 'billedCostChanges.bill');
  checkLedger(source, 'billedCostChanges.source');
  checkOptions(options, 'billedCostChanges');
  const { priceOf, atMs, dueAtMs, ...range } = options;
  const matching = await matchBill(bill, source, { priceOf, ...range });
  const billed = { costOf: apportioning(matching), furtherRows: furtherRows(matching) };
  for await (const charges of ledgerCharges(source, priceOf, range)) {
    for (const [intent, corrections] of correctionsOf(charges, billed)) {
      const { id: intentId, decided, revision } = intent;
      const fact = { kind: 'attempted', intentId, feature: decided.feature, atMs } as const;
      const records = corrections.map(
        ({ attempt, corrected }, index): AttemptedRecord => ({
          ...fact,
          revision: revision + index,
          attempt: corrected,
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

/** Commits {@link billedCostChanges}, up to the first that is an error. @throws RouterError like it, and as the store does */
export async function applyBilledCosts(
  bill: AsyncIterable<BillRow> | Iterable<BillRow>,
  target: LedgerSource & Pick<Store, 'commitAll'>,
  options: BilledCostOptions,
): Promise<AppliedCosts> {
  checkBill(bill, 'applyBilledCosts.bill');
  checkTarget(target, 'applyBilledCosts.target');
  checkOptions(options, 'applyBilledCosts');
  const applied = { attempts: 0, intents: 0, refused: 0, differenceNanoUsd: 0n };
  for await (const change of billedCostChanges(bill, target, options)) {
    const [result] = await target.commitAll([change]);
    if (result?.kind === 'refused') throw result.error;
    if (result?.kind === 'conflict') {
      applied.refused++;
      continue;
    }
    applied.intents++;
    applied.attempts += change.records.length;
    for (const { key, sums } of change.delta) if (key.scope === 'plan') applied.differenceNanoUsd += sums.cost ?? 0n;
  }
  return applied;
}

/** An attempt, and its corrected form. */
interface CostCorrection {
  readonly attempt: Attempt;
  readonly corrected: Attempt;
}

interface BilledCosts {
  readonly costOf: (charge: Charge) => bigint | undefined;
  /** See {@link furtherRows}. Each amount is used for one attempt. */
  readonly furtherRows: Map<string, bigint>;
}

/** The attempts whose billed cost is known and differs from the ledger's, by intent. */
function correctionsOf(
  charges: readonly Charge[],
  { costOf, furtherRows: further }: BilledCosts,
): ReadonlyMap<Intent, readonly CostCorrection[]> {
  const billed = new Map<Attempt, { readonly intent: Intent; total: bigint | undefined }>();
  for (const charge of charges) {
    // An adjustment is the difference between the ledger and its price lines: no bill lists it.
    if (charge.kind === 'adjustment') continue;
    const { attempt, intent } = charge;
    const cost = costOf(charge);
    const known = billed.get(attempt) ?? { intent, total: 0n };
    known.total = cost === undefined || known.total === undefined ? undefined : known.total + cost;
    billed.set(attempt, known);
  }
  const byIntent = new Map<Intent, CostCorrection[]>();
  for (const [attempt, { intent, total }] of billed) {
    if (total === undefined) continue;
    const rows = [attempt.providerRequestId ?? '', attempt.requestId].filter(id => further.has(id));
    const costNanoUsd = Number(rows.reduce((sum, id) => sum + (further.get(id) ?? 0n), total));
    if (costNanoUsd < 0 || costNanoUsd > MAX_FACT_NANO_USD) throw impossibleCost(intent, attempt, costNanoUsd);
    for (const id of rows) further.delete(id);
    if (costNanoUsd === attempt.costNanoUsd) continue;
    const corrections = byIntent.get(intent) ?? [];
    corrections.push({ attempt, corrected: correctedBy(attempt, { costNanoUsd, hasAllRows: rows.length > 0 }) });
    byIntent.set(intent, corrections);
  }
  return byIntent;
}

/** Each row may be possible by itself although their sum is not: for example, a use and a larger credit. */
function impossibleCost({ id }: Intent, { requestId }: Attempt, costNanoUsd: NanoUsd): RouterError {
  return new RouterError(
    'invalid-data',
    `the bill gives the request ${requestId} a cost of ${toUsd(costNanoUsd)} USD`,
    {
      path: `the intent "${id}"`,
      accepted: `USD from 0 to ${MAX_FACT_USD}`,
    },
  );
}

/**
 * Warnings on how a call was served, on its model, and on tokens that its reply did not state: the bill's amount for a meter
 * includes them. Anything else is a row of its own.
 */
const IN_EVERY_ROW = /^(?:(?:tier|speed|region|model) "|(?:no )?usage(?: |$))/;

function correctedBy(
  { unpriced = [], ...attempt }: Attempt,
  { costNanoUsd, hasAllRows }: { readonly costNanoUsd: NanoUsd; readonly hasAllRows: boolean },
): Attempt {
  const left = hasAllRows ? [] : unpriced.filter(part => !IN_EVERY_ROW.test(part));
  const corrected = { ...attempt, ...partOfCost(attempt, costNanoUsd), costNanoUsd };
  if (left.length === 0) return { ...corrected, provenance: 'reported' };
  return { ...corrected, provenance: 'estimated', unpriced: left };
}

/** The cost of the session's prefix stays the same fraction of the cost; for a cost of 0 it is not known. */
function partOfCost(
  { costNanoUsd: before, prefixNanoUsd }: Omit<Attempt, 'unpriced'>,
  costNanoUsd: NanoUsd,
): Pick<Attempt, 'prefixNanoUsd'> {
  if (prefixNanoUsd === undefined) return {};
  return { prefixNanoUsd: before === 0 ? 0 : Math.round(prefixNanoUsd * (costNanoUsd / before)) };
}

/**
 * Amounts that the bill has under a request's id and for which the ledger has no meter: nano-dollars by id. They are a part of
 * that request's cost.
 */
function furtherRows({ items }: Matching): Map<string, bigint> {
  const byId = new Map<string, bigint>();
  for (let item = 0; item < items.count; item++) {
    if (items.billRows(item) === 0 || items.ledgerRows(item) > 0) continue;
    const id = items.keys.text(items.key(item));
    byId.set(id, (byId.get(id) ?? 0n) + toNano(items.billCost(item)));
  }
  return byId;
}

const NANO = unitOf(9);

/**
 * Apportions each item of the bill to the charges that belong to it, nano-dollars; `undefined` for a charge that is not on
 * the bill. Each part is a difference of rounded running totals, so the parts add up to the item exactly, and no list of
 * charges is kept.
 */
function apportioning(matching: Matching): (charge: Charge) => bigint | undefined {
  const { items } = matching;
  const running = new Map<ItemIndex, { ledger: bigint; apportioned: bigint }>();
  return charge => {
    const item = matching.itemOf(charge);
    if (item === undefined || items.billRows(item) === 0 || items.rowsWithoutCost(item) > 0) return undefined;
    const whole = items.ledgerNano(item);
    // A cost that the bill rounds to more than a nano-dollar is no more exact than the ledger's.
    const isRounded = items.lastDigit(item) > NANO && stateOf(items, item) === 'rounded';
    const billed = isRounded ? whole : toNano(items.billCost(item));
    const sum = running.get(item) ?? { ledger: 0n, apportioned: 0n };
    running.set(item, sum);
    sum.ledger += BigInt(charge.costNanoUsd);
    // If the ledger's cost of the item is 0, there is no proportion, and the first charge gets the whole cost.
    const upTo = sum.ledger >= whole ? billed : (billed * sum.ledger) / whole;
    const part = upTo - sum.apportioned;
    sum.apportioned = upTo;
    return part;
  };
}

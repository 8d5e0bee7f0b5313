/** The ledger's charges: the cost of each attempt, meter by meter. */
import { accepting, optional } from '../../argument-checks.ts';
import type { AttemptedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import type { BilledCall } from '../../core/ledger/usage.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import { recordsLeft } from '../../contracts/archiving.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';
import type { Price, PriceLine } from '../../contracts/price.ts';
import { recordedLines } from './recorded-price.ts';

/** The members of a `Price` from which charges are computed, where the ledger has no rates with the call. */
export type LinePrice = Pick<Price, 'source' | 'idAt' | 'lines' | 'usesStatedCost'>;

/**
 * The price of a configured model at a time; `undefined` for a model that is no longer configured. The attempt has the
 * provider's model name of that time. With `served`, the price of another model, which made a call in its place or for it
 * (a fallback, an advisor): the provider's name of it.
 */
export type PriceOf = (model: string, atMs: number, attempt: Attempt, served?: string) => LinePrice | undefined;

export interface Charged {
  readonly attempt: Attempt;
  /** The provider's name of the model that made the call: the requested model, or another one. */
  readonly providerModel: string;
  readonly costNanoUsd: NanoUsd;
}

/**
 * - `meter`: one meter's quantity at its rate: the one that the ledger has with the call (without `price`), else that of `price`.
 * - `request`: the whole attempt, where its lines are unknown. `isStated`: its cost is its price, stated by the reply or by a
 *   `run` function; otherwise its model has no known price.
 * - `adjustment`: the attempt's cost in the ledger minus its lines.
 */
export type AttemptCharge =
  | (Charged & { readonly kind: 'meter'; readonly line: PriceLine; readonly price?: LinePrice })
  | (Charged & { readonly kind: 'request'; readonly isStated: boolean })
  | (Charged & { readonly kind: 'adjustment' });

export type Charge = AttemptCharge & {
  readonly intent: Intent;
  /** The first charge of its intent, which carries the columns that a bill has once per intent. */
  readonly isFirstOfIntent?: true;
};

const checkPrice = optional(
  accepting(
    "a price, resolvePrice({ provider: 'openai', model: 'gpt-5-mini' }), or undefined",
    value => typeof (value as LinePrice | null)?.lines === 'function',
  ),
);

/**
 * One attempt's charges, by the calls inside its reply. They add up to its cost in the ledger, to the nano-dollar. Empty if it
 * cost and used nothing; an estimate of nothing is a charge, for which a bill may have a cost.
 */
export function attemptCharges(attempt: Attempt, priceOf: PriceOf): readonly AttemptCharge[] {
  const { usage, rates, listRates, costNanoUsd, calls = [{ usage, rates, listRates }] } = attempt;
  const charged = { attempt, providerModel: attempt.servedBy ?? attempt.providerModel };
  // GPU time belongs to the whole exchange, so it is charged once, to the first call in it.
  const timeOf = (call: number): number => (call === 0 ? attempt.latencyMs : 0);
  const charges: AttemptCharge[] =
    attempt.provenance === 'none'
      ? []
      : calls.flatMap((call, i) => meters(call, { ...charged, latencyMs: timeOf(i) }, priceOf));
  const isNothing = costNanoUsd === 0 && attempt.provenance !== 'estimated';
  if (charges.length === 0) {
    const isStated = Object.keys(usage).length === 0 || priceAt(attempt, charged.providerModel, priceOf) !== undefined;
    return isNothing ? [] : [{ ...charged, kind: 'request', costNanoUsd, isStated }];
  }
  let rest = costNanoUsd;
  for (const charge of charges) rest -= charge.costNanoUsd;
  if (rest !== 0) charges.push({ ...charged, kind: 'adjustment', costNanoUsd: rest });
  return charges;
}

/** {@link attemptCharges} with their intent. */
export function chargesOf(intent: Intent, attempt: Attempt, priceOf: PriceOf): readonly Charge[] {
  return attemptCharges(attempt, priceOf).map(charge => ({ ...charge, intent }));
}

/**
 * {@link chargesOf} for a bill that has every intent: the intent's first charge is marked, and an intent without charges gets an
 * adjustment of 0 with its first attempt.
 */
export function markedChargesOf({ intent, attempt }: IntentAttempt, priceOf: PriceOf): readonly Charge[] {
  const charges = chargesOf(intent, attempt, priceOf);
  const others = charges.length > 0 ? intent.attempts.slice(0, intent.attempts.indexOf(attempt)) : intent.attempts;
  if (others.some(other => chargesOf(intent, other, priceOf).length > 0)) return charges;
  const [first, ...rest] = charges;
  if (first !== undefined) return [{ ...first, isFirstOfIntent: true }, ...rest];
  if (attempt !== intent.attempts[0]) return [];
  const { servedBy: providerModel = attempt.providerModel } = attempt;
  return [{ intent, attempt, providerModel, kind: 'adjustment', costNanoUsd: 0, isFirstOfIntent: true }];
}

function priceAt(attempt: Attempt, providerModel: string, priceOf: PriceOf): LinePrice | undefined {
  const { model, startedAtMs } = attempt;
  const price =
    providerModel === attempt.providerModel
      ? priceOf(model, startedAtMs, attempt)
      : priceOf(model, startedAtMs, attempt, providerModel);
  checkPrice(price, `priceOf(${JSON.stringify(model)})`);
  return price;
}

function meters(
  call: BilledCall,
  { latencyMs, ...charged }: Omit<Charged, 'costNanoUsd'> & { readonly latencyMs: number },
  priceOf: PriceOf,
): readonly AttemptCharge[] {
  const { attempt } = charged;
  const { startedAtMs } = attempt;
  const { model: providerModel = charged.providerModel, usage } = call;
  const recorded = recordedLines(call, latencyMs);
  if (recorded !== undefined)
    return recorded.map(line => ({ ...charged, providerModel, kind: 'meter', line, costNanoUsd: line.costNanoUsd }));
  const price = priceAt(attempt, providerModel, priceOf);
  // The reply stated its cost, so price lines would not add up to it.
  if (price === undefined || (price.usesStatedCost === true && attempt.provenance === 'reported')) return [];
  return price
    .lines(usage, startedAtMs, attempt, latencyMs)
    .filter(line => line.quantity > 0)
    .map(line => ({ ...charged, providerModel, kind: 'meter', line, price, costNanoUsd: line.costNanoUsd }));
}

/** Attempts whose intents are loaded concurrently: more hides more of a store's latency and needs more memory. */
const BATCH_SIZE = 256;

/** The current state of an attempt, and its intent. */
export interface IntentAttempt {
  readonly intent: Intent;
  readonly attempt: Attempt;
}

/**
 * Every attempt that started in the range, in the order of the ledger, in batches and constant memory. An attempt whose intent
 * is pruned meanwhile is left out.
 */
export async function* ledgerAttempts(
  source: LedgerSource,
  { feature, fromMs = -Infinity, toMs = Infinity }: LedgerRange = {},
): AsyncGenerator<readonly IntentAttempt[]> {
  let batch: AttemptedRecord[] = [];
  // A record is appended after its attempt started, so `toMs` cannot limit the scan.
  const range = { kind: 'attempted', ...(feature === undefined ? {} : { feature }), fromMs } as const;
  for await (const record of source.scan(range)) {
    if (record.kind !== 'attempted') continue;
    const { startedAtMs } = record.attempt;
    if (startedAtMs < fromMs || startedAtMs >= toMs) continue;
    batch.push(record);
    if (batch.length < BATCH_SIZE) continue;
    yield await attemptsOfBatch(source, batch);
    batch = [];
  }
  if (batch.length > 0) yield await attemptsOfBatch(source, batch);
}

/** The current charges of {@link ledgerAttempts}. */
export async function* ledgerCharges(
  source: LedgerSource,
  priceOf: PriceOf,
  range: LedgerRange = {},
): AsyncGenerator<readonly Charge[]> {
  for await (const attempts of ledgerAttempts(source, range))
    yield attempts.flatMap(({ intent, attempt }) => chargesOf(intent, attempt, priceOf));
}

async function attemptsOfBatch(
  source: LedgerSource,
  batch: readonly AttemptedRecord[],
): Promise<readonly IntentAttempt[]> {
  const ids = [...new Set(batch.map(({ intentId }) => intentId))];
  const loaded = await Promise.all(ids.map(async id => [id, withAttempts(await recordsLeft(source, id))] as const));
  const intents = new Map(loaded);
  return batch.flatMap(({ intentId, revision }) => {
    const found = intents.get(intentId);
    const attempt = found?.attempts.get(revision);
    return found === undefined || attempt === undefined ? [] : [{ intent: found.intent, attempt }];
  });
}

/** The intent, and its attempts by the revision of the record that first had them. */
function withAttempts(records: readonly LedgerRecord[]) {
  const intent = foldIntent(records);
  if (intent === undefined) return undefined;
  const attempts = new Map<number, Attempt>();
  for (const record of records) {
    if (record.kind !== 'attempted' || record.replaces !== undefined) continue;
    const attempt = intent.attempts[attempts.size];
    if (attempt !== undefined) attempts.set(record.revision, attempt);
  }
  return { intent, attempts };
}

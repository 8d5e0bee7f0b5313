/** The ledger's charges: what each attempt cost, meter by meter. */
import { accepting, optional } from '../../argument-checks.ts';
import type { AttemptedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import type { BilledCall } from '../../core/ledger/usage.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import { recordsLeft } from '../../contracts/archiving.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';
import type { Price, PriceLine } from '../../contracts/price.ts';

/** The members of a `Price` from which charges are computed. */
export type LinePrice = Pick<Price, 'source' | 'idAt' | 'lines' | 'usesStatedCost'>;

/**
 * The price of a configured model at a time; `undefined` for a model that is no longer configured. The attempt has the
 * provider's model name of that time. With `served`, the price of another model, which made a call in its place or for it
 * (a fallback, an advisor): the provider's name of it.
 */
export type PriceOf = (model: string, atMs: number, attempt: Attempt, served?: string) => LinePrice | undefined;

interface Charged {
  readonly intent: Intent;
  readonly attempt: Attempt;
  /** The provider's name of the model that made the call: the one that was asked, or another one. */
  readonly providerModel: string;
  readonly costNanoUsd: NanoUsd;
}

/**
 * - `meter`: one meter's quantity at its rate.
 * - `request`: the whole attempt, where its lines are unknown (a `run` function's own cost, a model without a price).
 * - `adjustment`: the attempt's cost in the ledger minus its lines at the prices known today.
 */
export type Charge =
  | (Charged & { readonly kind: 'meter'; readonly line: PriceLine; readonly price: LinePrice })
  | (Charged & { readonly kind: 'request' })
  | (Charged & { readonly kind: 'adjustment' });

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
export function chargesOf(intent: Intent, attempt: Attempt, priceOf: PriceOf): readonly Charge[] {
  const { usage, costNanoUsd, calls = [{ usage }] } = attempt;
  const charged = { intent, attempt, providerModel: attempt.servedBy ?? attempt.providerModel };
  // A GPU's time is that of the whole exchange, however many calls were in it.
  const timeOf = (call: number): number => (call === 0 ? attempt.latencyMs : 0);
  const charges: Charge[] =
    attempt.provenance === 'none'
      ? []
      : calls.flatMap((call, i) => meters(call, { ...charged, latencyMs: timeOf(i) }, priceOf));
  const isNothing = costNanoUsd === 0 && attempt.provenance !== 'estimated';
  if (charges.length === 0) return isNothing ? [] : [{ ...charged, kind: 'request', costNanoUsd }];
  let rest = costNanoUsd;
  for (const charge of charges) rest -= charge.costNanoUsd;
  if (rest !== 0) charges.push({ ...charged, kind: 'adjustment', costNanoUsd: rest });
  return charges;
}

function meters(
  { model, usage }: BilledCall,
  { latencyMs, ...charged }: Omit<Charged, 'costNanoUsd'> & { readonly latencyMs: number },
  priceOf: PriceOf,
): readonly Charge[] {
  const { attempt } = charged;
  const { model: asked, startedAtMs } = attempt;
  const providerModel = model ?? charged.providerModel;
  const price =
    providerModel === attempt.providerModel
      ? priceOf(asked, startedAtMs, attempt)
      : priceOf(asked, startedAtMs, attempt, providerModel);
  checkPrice(price, `priceOf(${JSON.stringify(asked)})`);
  // The reply has stated its cost: lines would not add up to it.
  if (price === undefined || (price.usesStatedCost === true && attempt.provenance === 'reported')) return [];
  return price
    .lines(usage, startedAtMs, attempt, latencyMs)
    .filter(line => line.quantity > 0)
    .map(line => ({ ...charged, providerModel, kind: 'meter', line, price, costNanoUsd: line.costNanoUsd }));
}

/** Attempts whose intents are loaded concurrently: more hides more of a store's latency and needs more memory. */
const BATCH_SIZE = 256;

/**
 * The current charges of every attempt that started in the range, in the order of the ledger, in constant memory. An
 * attempt whose intent is pruned meanwhile is left out.
 */
export async function* ledgerCharges(
  source: LedgerSource,
  priceOf: PriceOf,
  { feature, fromMs = -Infinity, toMs = Infinity }: LedgerRange = {},
): AsyncGenerator<readonly Charge[]> {
  let batch: AttemptedRecord[] = [];
  // A record is appended after its attempt started, so `toMs` cannot limit the scan.
  const range = { kind: 'attempted', ...(feature === undefined ? {} : { feature }), fromMs } as const;
  for await (const record of source.scan(range)) {
    if (record.kind !== 'attempted') continue;
    const { startedAtMs } = record.attempt;
    if (startedAtMs < fromMs || startedAtMs >= toMs) continue;
    batch.push(record);
    if (batch.length < BATCH_SIZE) continue;
    yield await chargesOfBatch(source, priceOf, batch);
    batch = [];
  }
  if (batch.length > 0) yield await chargesOfBatch(source, priceOf, batch);
}

async function chargesOfBatch(
  source: LedgerSource,
  priceOf: PriceOf,
  batch: readonly AttemptedRecord[],
): Promise<readonly Charge[]> {
  const ids = [...new Set(batch.map(({ intentId }) => intentId))];
  const loaded = await Promise.all(ids.map(async id => [id, withAttempts(await recordsLeft(source, id))] as const));
  const intents = new Map(loaded);
  return batch.flatMap(({ intentId, revision }) => {
    const found = intents.get(intentId);
    const attempt = found?.attempts.get(revision);
    return found === undefined || attempt === undefined ? [] : chargesOf(found.intent, attempt, priceOf);
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

/** What a reply costs: each of its calls at the price of the model that made it. */
import type { ResolvedModel } from '../../config/resolved.ts';
import { MAX_FACT_NANO_USD } from '../../core/ledger/money.ts';
import { storedText } from '../../core/ledger/names.ts';
import type { BilledCall, PricedAt, Usage } from '../../core/ledger/usage.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import type { ServedPrice } from '../../prices/served-price.ts';
import type { Answer } from './exchange.ts';

/** An attempt that is not in the ledger yet. A verdict may still be added to it. */
export type NewAttempt = { -readonly [Key in keyof Attempt]: Attempt[Key] };

type ModelPrices = Pick<ResolvedModel, 'providerModel' | 'price' | 'priceOf'>;

const NOTHING: readonly string[] = Object.freeze([]);

/**
 * Among the parts without a known price: a reply that does not state its cost, where the model's price is the cost that
 * replies state.
 */
export const STATED_COST = 'stated cost';

/** Limit on the parts without a price that are kept: a reply may name any number of them. */
const MAX_UNPRICED = 20;
const MAX_PART_LENGTH = 200;
const MAX_NAME_LENGTH = 100;

/**
 * Adds to an attempt what its reply costs, who served it, and the usage with its fees. Whatever has no known price makes the
 * cost an estimate; nothing is silently free.
 *
 * @returns the facts to report to a person: the parts without a price, and another model that served without being requested
 */
export function addCost(attempt: NewAttempt, answer: Answer, model: ModelPrices): readonly string[] {
  const { model: served, costNanoUsd, statedCost } = answer;
  const other = otherModel(model, served);
  if (other !== undefined) attempt.servedBy = served as string;
  if (costNanoUsd !== undefined) {
    attempt.costNanoUsd = costNanoUsd;
    return bounded(answer.unpriced ?? NOTHING);
  }
  addCalls(attempt, answer, { model, other });
  if (model.price.usesStatedCost === true && statedCost?.isWhole === true && isAmount(statedCost.nanoUsd)) {
    attempt.costNanoUsd = statedCost.nanoUsd;
    attempt.provenance = 'reported';
    return other === undefined ? NOTHING : [modelPart(served)];
  }
  const unpriced = addPrices(attempt, answer, { model, other });
  if (unpriced.length > 0) {
    attempt.unpriced = unpriced;
    attempt.provenance = 'estimated';
  }
  return unpriced;
}

/** The price of a different model than the one that was asked; `undefined` for another name of the same model. */
function otherModel({ providerModel, priceOf }: ModelPrices, name: string | undefined): ServedPrice | undefined {
  // Some gateways leave the name empty.
  if (name === undefined || name === '' || name === providerModel) return undefined;
  const found = priceOf(name);
  return found.isSame ? undefined : found;
}

interface Served {
  readonly model: ModelPrices;
  /** The other model that wrote the reply. */
  readonly other: ServedPrice | undefined;
}

/**
 * Adds the calls and the fee of the reply. A call of the model that wrote the reply has no name; a call of the model that was
 * asked has that model's configured name. The fee is that of the model that wrote the reply.
 */
function addCalls(attempt: NewAttempt, { model: writer, calls }: Answer, { model, other }: Served): void {
  const hasFee = (other?.price ?? model.price).hasRequestFee === true && (attempt.usage.request ?? 0) === 0;
  if (hasFee) attempt.usage = { ...attempt.usage, ...FEE };
  if (calls === undefined) return;
  const named = calls.map(({ model: name, usage }): BilledCall => {
    if (name === undefined || name === writer) return { usage };
    if (otherModel(model, name) !== undefined) return { model: name, usage };
    return other === undefined ? { usage } : { model: model.providerModel, usage };
  });
  if (hasFee) named.push({ usage: FEE });
  if (named.length > 1 || named[0]?.model !== undefined) attempt.calls = named;
}

const FEE: Usage = Object.freeze({ request: 1 });

/** @returns the parts without a price of their own */
function addPrices(attempt: NewAttempt, answer: Answer, { model, other }: Served): readonly string[] {
  const { startedAtMs, latencyMs, usage, calls = [{ usage }] } = attempt;
  let parts = answer.unpriced ?? NOTHING;
  if (model.price.usesStatedCost === true) parts = withPart(parts, STATED_COST);
  if (other !== undefined && !(other.isKnown && isExpected(answer))) parts = withPart(parts, modelPart(answer.model));
  let total = 0;
  // The exchange's duration is billed once, however many calls were in it.
  let timeMs = latencyMs;
  for (const call of calls) {
    const made = call.model === undefined ? other : otherModel(model, call.model);
    const { price } = made ?? model;
    if (made?.isKnown === false) parts = withPart(parts, modelPart(call.model ?? answer.model));
    const named = withSpeedOf(call, answer, price.unpriced(call.usage, startedAtMs, answer, timeMs));
    // A tier without a price does not matter where nothing is billed, as for a refusal before any output.
    if (named.length > 0 && !isNothing(call.usage))
      for (const part of named) if (!isInFee(part, call.usage)) parts = withPart(parts, part);
    const cost = price.cost(call.usage, startedAtMs, answer, timeMs);
    addRates(attempt, call, price.pricedAt?.(call.usage, startedAtMs, answer));
    timeMs = 0;
    if (isAmount(total + cost)) total += cost;
    else parts = withPart(parts, 'an amount out of range');
  }
  attempt.costNanoUsd = total;
  return bounded(parts);
}

/** Adds rates to the attempt, or to the call in it that they belong to. */
function addRates(attempt: NewAttempt, call: BilledCall, { rates, listRates }: PricedAt = {}): void {
  if (rates === undefined) return;
  const { calls } = attempt;
  if (calls === undefined) {
    attempt.rates = rates;
    if (listRates !== undefined) attempt.listRates = listRates;
  } else {
    const priced = { ...call, rates, ...(listRates === undefined ? {} : { listRates }) };
    attempt.calls = calls.map(each => (each === call ? priced : each));
  }
}

function bounded(parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? parts : parts.slice(0, MAX_UNPRICED).map(part => storedText(part, MAX_PART_LENGTH));
}

/**
 * True when the request itself names the model of the reply, or the provider lists the calls of the reply. Any other
 * model is a surprise.
 */
function isExpected({ model, calls, isRequestedFallback }: Answer): boolean {
  return isRequestedFallback === true || calls?.some(call => call.model === model) === true;
}

/** A model that charges each request for its search has no rate for that search in addition to the fee. */
function isInFee(part: string, { webSearch = 0, webSearchPreview = 0, request = 0 }: Usage): boolean {
  return part.startsWith('webSearch') && webSearch + webSearchPreview <= request;
}

/**
 * A reply states the speed only of the model that wrote it. For the call of another model (an advisor, or a model that
 * declined), the speed is a guess.
 */
function withSpeedOf({ model }: BilledCall, { speed }: Answer, named: readonly string[]): readonly string[] {
  const part = `speed "${speed}"`;
  if (model === undefined || (speed ?? 'standard') === 'standard' || named.includes(part)) return named;
  return [...named, `${part} of ${modelPart(model)}`];
}

function isNothing(usage: Usage): boolean {
  return Object.values(usage).every(count => count === 0);
}

function withPart(parts: readonly string[], part: string): readonly string[] {
  return parts.includes(part) ? parts : [...parts, part];
}

function isAmount(nanoUsd: number): boolean {
  return Number.isSafeInteger(nanoUsd) && nanoUsd >= 0 && nanoUsd <= MAX_FACT_NANO_USD;
}

function modelPart(name = ''): string {
  return `model "${name.slice(0, MAX_NAME_LENGTH)}"`;
}

/** The list price of exactly one model: the application's own list, else our overlay, else the price book. */
import type { Price } from '../contracts/price.ts';
import type { ListedModel, PriceList } from '../contracts/price-list.ts';
import { withBaseDiscounts } from './base-discount.ts';
import { BOOK, lookUp, providerAt } from './book.ts';
import { OVERLAY } from './overlay.ts';
import { erasOfModel, modelIn, termsIn, underListedTerms, withListedTerms } from './price-list.ts';
import type { Era } from './schedule.ts';
import { schedulePrice } from './schedule.ts';

export interface ListedPrice {
  /** `provider/model`, named as in the list: the same for all names of a model. */
  readonly id: string;
  readonly source: string;
  readonly eras: readonly Era[];
}

/** The provider whose list prices an endpoint bills: the one that serves the address. */
export function listOf({
  provider,
  baseURL,
}: {
  readonly provider: string;
  readonly baseURL?: string | undefined;
}): string | undefined {
  return baseURL === undefined ? provider : providerAt(baseURL);
}

/**
 * `undefined` if no list has exactly this model, or only at a price that cannot be calculated from a reply.
 *
 * @param own the application's price list
 */
export function listedPrice(provider: string, model: string, own?: PriceList): ListedPrice | undefined {
  for (const list of own === undefined ? [OVERLAY] : [own, OVERLAY]) {
    const entry = list === own ? ownEntry(own, provider, model) : modelIn(list, provider, model);
    if (entry === undefined) continue;
    const { source = list.source, asOf = list.asOf } = entry;
    const id = `${entry.provider}/${entry.model}`;
    const terms = termsIn(OVERLAY, entry.provider, entry.model);
    const eras = erasOfModel(entry, id).map(era => underListedTerms(era, terms, id));
    return completed({ id, source: `${source} as of ${asOf}, ${id}`, eras }, entry, own);
  }
  const lookup = lookUp(provider, model);
  if (lookup.kind !== 'found') return undefined;
  const named = { provider: lookup.provider, model: lookup.id };
  const id = `${named.provider}/${named.model}`;
  const terms = termsIn(OVERLAY, named.provider, named.model);
  const eras = lookup.eras.map(era => withListedTerms(era, terms, id));
  return completed({ id, source: `${BOOK} ${id}`, eras }, named, own);
}

/**
 * The entry of the application's list for a model. An entry for the undated model does not apply to a snapshot to which the
 * package's lists give other rates than to the undated model.
 */
export function ownEntry(own: PriceList, provider: string, model: string): ListedModel | undefined {
  const entry = modelIn(own, provider, model);
  if (entry === undefined || entry.model.toLowerCase() === model.toLowerCase().trim()) return entry;
  const [ofSnapshot, ofModel] = [listedPrice(provider, model), listedPrice(provider, entry.model)];
  const isOwn = ofSnapshot !== undefined && ofModel !== undefined && ofSnapshot.id !== ofModel.id;
  return isOwn && !hasSameRates(priceOf(ofSnapshot), priceOf(ofModel)) ? undefined : entry;
}

export function priceOf({ source, eras }: ListedPrice): Price {
  return schedulePrice(source, eras);
}

/** Compares the latest rates of text; an application may omit rates that it does not use. */
export function hasSameRates(one: Price, other: Price): boolean {
  const [a, b] = [one, other].map(price => price.ratesAt(Infinity)[0]?.rates);
  return a !== undefined && a.input === b?.input && a.output === b.output;
}

interface ListedName {
  readonly provider: string;
  readonly model: string;
}

/** Adds the terms of the application's list, and the discounts of the base model of a fine-tuned one. */
function completed(price: ListedPrice, { provider, model }: ListedName, own: PriceList | undefined): ListedPrice {
  const terms = own === undefined ? [] : termsIn(own, provider, model);
  const eras = price.eras.map(era => withListedTerms(era, terms, price.id));
  return { ...price, eras: withDiscountsOfBase(eras, { provider, model, own }) };
}

/** A fine-tuned model's prices (`ft:gpt-4o-mini…`), with the discounts for cached input of its base model. */
export function withDiscountsOfBase(
  eras: readonly Era[],
  { provider, model, own }: ListedName & { readonly own?: PriceList | undefined },
): readonly Era[] {
  const base = /^ft:([^:]+)/i.exec(model)?.[1];
  const listed = base === undefined ? undefined : listedPrice(provider, base, own);
  return listed === undefined ? eras : withBaseDiscounts(eras, listed.eras);
}

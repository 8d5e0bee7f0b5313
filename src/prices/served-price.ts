/** The cost of a call that was served by a model other than the requested one: a fallback, an advisor, a gateway's choice. */
import type { Price } from '../contracts/price.ts';
import type { PriceConfig } from '../contracts/price-config.ts';
import type { PriceList } from '../contracts/price-list.ts';
import type { ListedPrice } from './listed-price.ts';
import { hasSameRates, listedPrice, listOf, priceOf } from './listed-price.ts';
import { areVariants, haveOtherDates, meansSameModel } from './snapshot.ts';

export interface ServedPrice {
  /** The served name is another name of the requested model: a snapshot of it, an alias. */
  readonly isSame: boolean;
  readonly price: Price;
  /** False if the price of the serving model is unknown: `price` is then the nearest known price, and the cost a guess. */
  readonly isKnown: boolean;
}

/** The requested model, as it is configured. */
export interface AskedModel {
  readonly provider: string;
  readonly model: string;
  readonly baseURL?: string | undefined;
  /** The price that the application has configured. */
  readonly configured?: PriceConfig | undefined;
  /** The price that follows from the configuration. */
  readonly price: Price;
  /** The application's own list prices. */
  readonly priceList?: PriceList | undefined;
  /** Other names of the model in its replies. */
  readonly servedAs?: readonly string[] | undefined;
}

/** Another configured model, with its price. */
export interface PricedModel {
  readonly provider: string;
  readonly providerModel: string;
  readonly baseURL?: string | undefined;
  readonly price: Price;
}

/** Served names that are remembered per model. A gateway that makes up a name for each reply must not fill the memory. */
const MAX_NAMES = 100;
/** No model has a longer name. */
const MAX_NAME_CHARS = 300;

/**
 * The price of the model that a reply names, for one requested model.
 *
 * The same model is one with the same name, in any case and with or without a `provider/` before it; its snapshot, unless a list
 * has other rates for that snapshot; another name of it in the price book, but not a variant; the model whose price it is
 * configured to have; and the names in `servedAs`. Another model has the price of a configured model with that name at the same
 * endpoint, else its list price.
 *
 * @param configured the configured models, read when a name first occurs
 */
export function servedPrices(
  asked: AskedModel,
  configured: () => Iterable<PricedModel>,
): (served: string) => ServedPrice {
  const known = new Map<string, ServedPrice>();
  const borrowed = borrowedNames(asked.configured);
  const namesAsked = [asked.model, ...(asked.servedAs ?? []), ...borrowed.map(({ model }) => model)];
  const same: ServedPrice = Object.freeze({ isSame: true, price: asked.price, isKnown: true });
  const unknown: ServedPrice = Object.freeze({ isSame: false, price: asked.price, isKnown: false });

  /** The list price of a name in the list from which the requested model has its price. */
  function listed(model: string): ListedPrice | undefined {
    const provider = borrowed.at(-1)?.provider ?? listOf(asked);
    return provider === undefined ? undefined : listedPrice(provider, model, asked.priceList);
  }

  function servedPrice(served: string): ServedPrice {
    const list = listed(served);
    const ofAsked = listed(borrowed.at(-1)?.model ?? asked.model);
    const paysList = ofAsked === undefined || hasSameRates(asked.price, priceOf(ofAsked));
    const name = namesAsked.find(each => meansSameModel(each, served));
    if (name !== undefined) {
      // A snapshot may have its own entry, with other rates than the model has now.
      const ofName = listed(name);
      if (!paysList || list === undefined || ofName === undefined || hasSameList(list, ofName)) return same;
      return { isSame: false, price: priceOf(list), isKnown: true };
    }
    if (
      list !== undefined &&
      list.id === ofAsked?.id &&
      !haveOtherDates(asked.model, served) &&
      namesAsked.some(each => !areVariants(each, served))
    )
      return same;
    const own = configuredPrice(served);
    if (own !== undefined) return { isSame: false, price: own, isKnown: true };
    if (list === undefined) return unknown;
    // If the application has negotiated the price of the requested model, the list price of another one is a guess.
    return { isSame: false, price: priceOf(list), isKnown: paysList };
  }

  function configuredPrice(served: string): Price | undefined {
    const named = [...configured()].filter(
      ({ provider, baseURL, providerModel }) =>
        provider === asked.provider &&
        addressOf(baseURL) === addressOf(asked.baseURL) &&
        meansSameModel(providerModel, served),
    );
    // A snapshot may be configured beside the model.
    return (named.find(({ providerModel }) => providerModel === served) ?? named[0])?.price;
  }

  /** A list that has become invalid since it was checked must not break a call that is answered and paid. */
  function servedPriceOrUnknown(served: string): ServedPrice {
    try {
      return servedPrice(served);
    } catch {
      return unknown;
    }
  }

  return served => {
    if (served.length > MAX_NAME_CHARS) return unknown;
    let price = known.get(served);
    if (price === undefined) {
      price = Object.freeze(servedPriceOrUnknown(served));
      if (known.size >= MAX_NAMES) known.clear();
      known.set(served, price);
    }
    return price;
  };
}

/** The models whose price an application assigns to this one: `'openai/gpt-5-mini'`, `{ as: 'openai/gpt-5-mini' }`. */
function borrowedNames(
  price: PriceConfig | undefined,
): readonly { readonly provider: string; readonly model: string }[] {
  const entries: readonly unknown[] = Array.isArray(price) ? price : [price];
  return entries.flatMap(entry => {
    const name = typeof entry === 'string' ? entry : (entry as { readonly as?: string } | undefined)?.as;
    const slash = name?.indexOf('/') ?? -1;
    return name === undefined || slash < 1 ? [] : [{ provider: name.slice(0, slash), model: name.slice(slash + 1) }];
  });
}

function hasSameList(one: ListedPrice, other: ListedPrice): boolean {
  return priceOf(one).id === priceOf(other).id;
}

function addressOf(baseURL = ''): string {
  return baseURL.replace(/\/+$/, '');
}

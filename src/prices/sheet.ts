/** A price list of one period, and its rates for calls that were served on other terms than the standard ones. */
import type { Meter } from '../core/ledger/usage.ts';
import { isOwnToken } from '../core/ledger/usage.ts';
import type { PriceBracket, UnitPrices } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { ONE, ratioOf, times } from './ratio.ts';

/** List prices, how the terms of service change them, and the fraction of them that is paid. */
export interface Sheet {
  readonly standard: readonly PriceBracket[];
  readonly tiers?: Modifiers;
  readonly speeds?: Modifiers;
  readonly regions?: Modifiers;
  /** Meters whose cost this list does not state. Adding a rate makes the cost known. */
  readonly unknown?: readonly Meter[];
  /** Fraction of the list price that is paid. Default 1. */
  readonly factor?: Ratio;
}

export type Modifiers = Readonly<Record<string, Modifier>>;

/** A multiplier of every token rate of the model itself, or rates that replace the standard ones. */
export type Modifier = Ratio | OwnRates;

/** A meter without a rate keeps the standard one. */
export interface OwnRates {
  readonly prices: UnitPrices;
  /** Default: above the standard threshold, the standard rates. */
  readonly longContext?: PriceBracket;
}

/** The exact list prices of some terms together: multipliers multiply each other and the first list of rates. */
export function bracketsOn({ standard }: Sheet, terms: readonly Modifier[]): readonly PriceBracket[] {
  const own = terms.find(isOwnRates);
  const factor = terms.reduce<Ratio>((all, each) => (isOwnRates(each) ? all : times(all, each)), ONE);
  const brackets = own === undefined ? standard : replaced(standard, own);
  return brackets.map(bracket => ({ ...bracket, prices: scaled(bracket.prices, factor) }));
}

export function isOwnRates(modifier: Modifier): modifier is OwnRates {
  return 'prices' in modifier;
}

/** Whether a request costs something whatever it uses. */
export function hasRequestFee(sheet: Sheet): boolean {
  return isFeeUnknown(sheet) || pricesOf(sheet).some(({ request }) => request !== undefined && request.num > 0n);
}

/** The prices of every bracket and every list of rates. */
export function pricesOf({ standard, tiers, speeds, regions }: Sheet): readonly UnitPrices[] {
  const lists = [tiers, speeds, regions].flatMap(each => Object.values(each ?? {})).filter(isOwnRates);
  const large = lists.flatMap(({ longContext }) => longContext ?? []);
  return [...standard, ...lists, ...large].map(({ prices }) => prices);
}

/** If a price has a fee for requests at some times or terms, the fee at all others is 0, rather than unknown. */
export function withRequestFee(sheet: Sheet): Sheet {
  if (isFeeUnknown(sheet)) return sheet;
  return { ...sheet, standard: sheet.standard.map(each => ({ ...each, prices: { request: FREE, ...each.prices } })) };
}

function isFeeUnknown({ unknown = [] }: Sheet): boolean {
  return unknown.includes('request');
}

const FREE = ratioOf(0);

function replaced(standard: readonly PriceBracket[], { prices, longContext }: OwnRates): readonly PriceBracket[] {
  const [first, ...rest] = standard as readonly [PriceBracket, ...PriceBracket[]];
  const base = { ...first.prices, ...prices };
  const above = longContext === undefined ? rest : [{ ...longContext, prices: { ...base, ...longContext.prices } }];
  return [{ ...first, prices: base }, ...above];
}

/** A search, a request and an image drawn by a tool cost the same on all terms. */
function scaled(prices: UnitPrices, factor: Ratio): UnitPrices {
  const entries = (Object.entries(prices) as [Meter, Ratio][]).map(
    ([meter, price]) => [meter, isOwnToken(meter) ? times(price, factor) : price] as const,
  );
  return Object.fromEntries(entries);
}

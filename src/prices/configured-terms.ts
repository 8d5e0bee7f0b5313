/** Translates configured terms of service (tiers, speeds, regions, a discount) into those of a price list. */
import type { Meter } from '../core/ledger/usage.ts';
import { isOwnToken } from '../core/ledger/usage.ts';
import { checkNames, invalidValue, RouterError } from '../errors.ts';
import type { PriceTerms, TierPrice } from '../contracts/price-config.ts';
import { longContextPrices, RATE_KEYS, unitPrices } from './configured-rates.ts';
import { checkedFactor, extremes, isRate, keepsWithin, minFactor, RATE_LIMITS } from './rate-limits.ts';
import type { Ratio } from './ratio.ts';
import { times } from './ratio.ts';
import type { Modifier, Sheet } from './sheet.ts';
import { isOwnRates, pricesOf } from './sheet.ts';
import type { TermKind } from './term-names.ts';
import { checkTermNames, TERM_KINDS } from './term-names.ts';

/**
 * @throws RouterError `invalid-value` with the path of a value that is not a term, or that results in a rate that is not exact
 */
export function onTerms(list: Sheet, terms: PriceTerms, path: string): Sheet {
  const sheet = {
    ...list,
    tiers: { ...list.tiers, ...modifiers('tiers', terms, path) },
    speeds: { ...list.speeds, ...modifiers('speeds', terms, path) },
    regions: { ...list.regions, ...modifiers('regions', terms, path) },
  };
  const rates = checkTogether(sheet, terms, path);
  const { discount } = terms;
  return discount === undefined ? sheet : { ...sheet, factor: paidFraction(discount, `${path}.discount`, rates) };
}

function modifiers(kind: TermKind, terms: PriceTerms, path: string): Readonly<Record<string, Modifier>> {
  const given = terms[kind] === undefined ? {} : terms[kind];
  checkTermNames(kind, given, `${path}.${kind}`);
  const entries = Object.entries(given).filter((entry): entry is [string, TierPrice] => entry[1] !== undefined);
  return Object.fromEntries(
    entries.map(([name, price]) => [name, modifier(price, `${path}.${kind}.${name}`)] as const),
  );
}

function modifier(price: TierPrice, path: string): Modifier {
  if (typeof price !== 'object') return checkedFactor(price, path, []);
  checkNames(price, [...RATE_KEYS, 'longContext'], path);
  const { longContext, ...rates } = price;
  const prices = unitPrices(rates, path);
  if (longContext === undefined) return { prices };
  return { prices, longContext: longContextPrices(longContext, `${path}.longContext`) };
}

/** Multipliers of different kinds of terms multiply, so each is checked against the results of the ones before it. */
function checkTogether(sheet: Sheet, terms: PriceTerms, path: string): readonly Ratio[] {
  const rates = pricesOf(sheet).flatMap(prices => Object.entries(prices) as [Meter, Ratio][]);
  const fixed = rates.filter(([meter]) => !isOwnToken(meter)).map(([, rate]) => rate);
  let reach = extremes(rates.filter(([meter]) => isOwnToken(meter)).map(([, rate]) => rate));
  for (const kind of TERM_KINDS) {
    for (const [name, value] of Object.entries(terms[kind] ?? {}))
      if (typeof value === 'number') checkedFactor(value, `${path}.${kind}.${name}`, reach);
    const factors = Object.values(sheet[kind] ?? {}).flatMap(each => (isOwnRates(each) ? [] : each));
    reach = extremes([...reach, ...reach.flatMap(rate => factors.map(factor => times(rate, factor)))]);
  }
  if (!reach.every(isRate))
    throw new RouterError('invalid-value', 'a rate and the multipliers that it meets make one that is out of range', {
      path,
      accepted: RATE_LIMITS,
    });
  return [...fixed, ...reach];
}

function paidFraction(discount: number, path: string, rates: readonly Ratio[]): Ratio {
  const { num, den } = checkedFactor(discount, path, []);
  const paid = { num: den - num, den };
  if (paid.num <= 0n) throw invalidValue(discount, path, 'a number from 0 to below 1: 0.15 is 15 % off');
  if (keepsWithin(paid, rates)) return paid;
  throw invalidValue(
    discount,
    path,
    `a number from 0 to ${Math.max(0, 1 - 2 * minFactor(rates))}, or a rate rounds to 0`,
  );
}

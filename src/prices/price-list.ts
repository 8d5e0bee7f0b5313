/** Looks prices up in a price list: ours, which adds to the price book, or an application's. */
import type { Meter } from '../core/ledger/usage.ts';
import type { BookPrice } from '../contracts/price-config.ts';
import type { ListedModel, ListedTerms, PriceList } from '../contracts/price-list.ts';
import { datedEras, RATES_KEYS, sheetOfRates, withTerms } from './configured-price.ts';
import { checkNames } from '../errors.ts';
import type { Era } from './schedule.ts';
import { mapSheets } from './schedule.ts';
import { withoutSnapshot } from './snapshot.ts';

/** The list's model with exactly this name, with the name of a dated snapshot of it, or fine-tuned from it. */
export function modelIn({ models = [] }: PriceList, provider: string, model: string): ListedModel | undefined {
  const wanted = model.toLowerCase().trim();
  const names = [wanted, withoutSnapshot(wanted), fineTuned(wanted)];
  const ofProvider = models.filter(entry => entry.provider.toLowerCase() === provider.toLowerCase());
  // A snapshot may have an entry of its own.
  return names
    .map(name => ofProvider.find(entry => entry.model.toLowerCase() === name))
    .find(entry => entry !== undefined);
}

/** `ft:gpt-4o-mini-2024-07-18:acme::x1` → `ft:gpt-4o-mini`: every model that is fine-tuned from it has one price. */
function fineTuned(model: string): string | undefined {
  const base = /^ft:([^:]+):/.exec(model)?.[1];
  return base === undefined ? undefined : `ft:${withoutSnapshot(base)}`;
}

/**
 * The prices of a listed model over time. If they do not state the price of cached input, its use is named as unpriced, as for
 * the book.
 *
 * @throws RouterError with the path of a rate or a date that is not valid
 */
export function erasOfModel({ prices }: ListedModel, path: string): readonly Era[] {
  return datedEras(prices, path, (entry, entryPath) => {
    checkNames(entry, LISTED_RATES_KEYS, entryPath);
    const { from: _, ...rates } = entry;
    const sheet = sheetOfRates(rates, entryPath);
    return [{ fromMs: -Infinity, sheet: { ...sheet, unknown: ['cacheRead'] } }];
  });
}

const LISTED_RATES_KEYS = ['from', ...RATES_KEYS.filter(key => key !== 'discount')];

/** The terms that a list has for a model of its own or of another list: the terms of all models, then those of this one. */
export function termsIn({ terms = [] }: PriceList, provider: string, id: string): readonly ListedTerms[] {
  const ofProvider = terms.filter(entry => entry.provider.toLowerCase() === provider.toLowerCase());
  return [
    ...ofProvider.filter(({ models }) => models === 'all'),
    ...ofProvider.filter(({ models }) => models !== 'all' && models.includes(id)),
  ];
}

/** The era with further terms. If two entries have the same term, the later one counts. */
export function withListedTerms(era: Era, terms: readonly ListedTerms[], path: string): Era {
  return terms.reduce(
    (all, entry) =>
      mapSheets(all, sheet => {
        const added = withTerms(sheet, addedBy(entry), path);
        return entry.unknown === undefined
          ? added
          : { ...added, unknown: [...(added.unknown ?? []), ...(entry.unknown as readonly Meter[])] };
      }),
    era,
  );
}

/** The era with the terms that it lacks: its own rates and terms take precedence. */
export function underListedTerms(era: Era, terms: readonly ListedTerms[], path: string): Era {
  return mapSheets(era, sheet => {
    const { sheet: under } = withListedTerms({ fromMs: era.fromMs, sheet }, terms, path);
    return {
      ...under,
      standard: under.standard.map((bracket, i) => ({
        ...bracket,
        prices: { ...bracket.prices, ...sheet.standard[i]?.prices },
      })),
      tiers: { ...under.tiers, ...sheet.tiers },
      speeds: { ...under.speeds, ...sheet.speeds },
      regions: { ...under.regions, ...sheet.regions },
    };
  });
}

/** The parts of an entry of terms that change a price: all except its models and its source. */
function addedBy({
  provider: _,
  models: _m,
  source: _s,
  asOf: _a,
  unknown: _u,
  ...added
}: ListedTerms): Omit<BookPrice, 'as'> {
  return added;
}

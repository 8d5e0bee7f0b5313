/** The rate tables of one price list: one for each combination of terms, compiled when a call is first served on it. */
import type { ServedTerms } from '../core/ledger/usage.ts';
import type { RateTable } from './rate-table.ts';
import { bracketsOf, compileRates } from './rate-table.ts';
import { ONE } from './ratio.ts';
import type { Modifier, Modifiers, Sheet } from './sheet.ts';
import { bracketsOn, isOwnRates } from './sheet.ts';

export interface ServedTables {
  /** A term without a price is ignored: the call is priced at the standard terms. */
  tableFor(terms: ServedTerms | undefined): RateTable;
  /** The terms without a price, such as `tier "priority"`. Nearly always empty. */
  unknownTerms(terms: ServedTerms | undefined): readonly string[];
  /** All rates; if one of them changes, the price's id changes. */
  readonly rates: unknown;
}

/** A tier, a speed or a region that has a price. */
interface Choice {
  /** The index among the choices of its kind; 0 is the standard one. */
  readonly index: number;
  readonly modifier: Modifier;
}

type Choices = ReadonlyMap<unknown, Choice>;

const STANDARD: Choice = { index: 0, modifier: ONE };

export function compileSheet(sheet: Sheet): ServedTables {
  const tiers = choices(sheet.tiers, 'standard');
  const speeds = choices(sheet.speeds, 'standard');
  const regions = choices(sheet.regions, 'global');
  const canMeet = [tiers, speeds, regions].filter(hasLists).length > 1;
  // Only known terms have a table, so a provider that invents names cannot fill the memory.
  const tables: RateTable[] = [];
  const tableOf = (tier = STANDARD, speed = STANDARD, region = STANDARD): RateTable => {
    // Each index is below the size of its map, so that no two combinations share a place.
    const place = (tier.index * speeds.size + speed.index) * regions.size + region.index;
    return (tables[place] ??= compileRates(
      bracketsOn(sheet, [tier.modifier, speed.modifier, region.modifier]),
      sheet.factor,
      sheet.unknown,
    ));
  };
  const standard = tableOf();
  return {
    tableFor: terms =>
      terms === undefined
        ? standard
        : tableOf(tiers.get(terms.tier), speeds.get(terms.speed), regions.get(terms.region)),
    unknownTerms: terms => {
      if (terms === undefined) return NOTHING;
      const { tier, speed, region } = terms;
      if (tiers.has(tier) && speeds.has(speed) && regions.has(region) && !canMeet) return NOTHING;
      const named = [
        { name: `tier "${shown(tier)}"`, choice: tiers.get(tier) },
        { name: `speed "${shown(speed)}"`, choice: speeds.get(speed) },
        { name: `region "${shown(region)}"`, choice: regions.get(region) },
      ];
      const lists = named.filter(({ choice }) => choice !== undefined && isOwnRates(choice.modifier));
      return [
        ...named.filter(({ choice }) => choice === undefined).map(({ name }) => name),
        // Two lists of rates cannot be combined: the first one is used.
        ...lists.slice(1).map(({ name }) => `${name} with ${lists[0]?.name}`),
      ];
    },
    rates: [
      bracketsOf(standard),
      priced(tiers).map(([name, tier]) => [name, bracketsOf(tableOf(tier))]),
      priced(speeds).map(([name, speed]) => [name, bracketsOf(tableOf(STANDARD, speed))]),
      priced(regions).map(([name, region]) => [name, bracketsOf(tableOf(STANDARD, STANDARD, region))]),
    ],
  };
}

const NOTHING: readonly string[] = Object.freeze([]);

/** @param standard the name of the standard choice, if it has one */
function choices(modifiers: Modifiers = {}, standard: string): Choices {
  const priced = Object.entries(modifiers).map(([name, modifier], i) => [name, { index: i + 1, modifier }] as const);
  return new Map<unknown, Choice>([[undefined, STANDARD], [null, STANDARD], [standard, STANDARD], ...priced]);
}

/** Sorted by name: the order in which terms are written does not change a price. */
function priced(choices: Choices): readonly (readonly [unknown, Choice])[] {
  return [...choices]
    .filter(([, choice]) => choice !== STANDARD)
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
}

function hasLists(choices: Choices): boolean {
  return [...choices.values()].some(({ modifier }) => isOwnRates(modifier));
}

/** Terms come from replies and from plain JavaScript: they may be of any type and length. */
function shown(term: unknown): string {
  return typeof term === 'string' ? term.slice(0, MAX_SHOWN_CHARS) : typeof term;
}

const MAX_SHOWN_CHARS = 60;

/** Cache prices of a fine-tuned model, which its price list lacks, in proportion to those of its base model. */
import type { Meter } from '../core/ledger/usage.ts';
import type { PriceBracket, UnitPrices } from './rate-table.ts';
import { over, times } from './ratio.ts';
import type { Era } from './schedule.ts';
import { mapSheets } from './schedule.ts';

const CACHE_METERS: readonly Meter[] = ['cacheRead', 'cacheWrite5m', 'cacheWrite1h'];

/**
 * The eras of a model. A cache price that the model lacks is the same fraction of its input price as in the base model: for
 * example, half. Prices that the model has are kept.
 */
export function withBaseDiscounts(eras: readonly Era[], base: readonly Era[]): readonly Era[] {
  const starts = [...new Set([...eras, ...base].map(({ fromMs }) => fromMs))].sort((a, b) => a - b);
  return starts.map(fromMs => {
    const { standard } = inForce(base, fromMs).sheet;
    const era = { ...inForce(eras, fromMs), fromMs };
    return mapSheets(era, sheet => ({
      ...sheet,
      standard: sheet.standard.map(bracket => ({
        ...bracket,
        prices: { ...discounts(bracket.prices, bracketAt(standard, bracket.aboveTokens).prices), ...bracket.prices },
      })),
    }));
  });
}

/** The first era is in force before its start, too. */
function inForce(eras: readonly Era[], atMs: number): Era {
  return eras.findLast(({ fromMs }) => fromMs <= atMs) ?? (eras[0] as Era);
}

function bracketAt(brackets: readonly PriceBracket[], tokens: number): PriceBracket {
  return brackets.findLast(({ aboveTokens }) => aboveTokens <= tokens) as PriceBracket;
}

function discounts({ input }: UnitPrices, base: UnitPrices): UnitPrices {
  const baseInput = base.input;
  if (input === undefined || baseInput === undefined || baseInput.num === 0n) return {};
  const priced = CACHE_METERS.flatMap(meter => {
    const price = base[meter];
    return price === undefined ? [] : [[meter, over(times(input, price), baseInput)] as const];
  });
  return Object.fromEntries(priced);
}

/** `outcome-router/prices`: the price of a model, and when a GPU of your own costs less. */
export type { PriceConfig } from '../contracts/price-config.ts';
export type {
  ListedModel,
  ListedRates,
  ListedTerms,
  PriceList,
  PriceSource,
  ToolRates,
} from '../contracts/price-list.ts';
export type { PriceLine, BillMeter, Price, RateBracket, Rates } from '../contracts/price.ts';
export type { BreakEven, BreakEvenInput, MonthCompared, MonthlyCost } from '../prices/break-even.ts';
export { breakEven } from '../prices/break-even.ts';
export type { CheckedModel, PriceCheck } from '../prices/check.ts';
export { checkPrices } from '../prices/check.ts';
export type { PriceRequest } from '../prices/price-book.ts';
export { resolvePrice } from '../prices/price-book.ts';

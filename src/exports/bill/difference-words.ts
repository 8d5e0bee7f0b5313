/** The parts of a difference between bill and ledger in words, for the terminal and the dashboard. */
import type { DifferenceReason } from './differences.ts';

/** The meaning of each part of the difference that both sides show. */
export const REASON_WORDS: Readonly<Record<DifferenceReason, string>> = /* @__PURE__ */ Object.freeze({
  rounding: 'rounding: each row to the last digit of the bill, each call to the nano-dollar',
  tax: 'tax',
  credit: 'credits',
  purchase: 'purchases: commitments, subscriptions, fees',
  adjustment: 'adjustments of the vendor that belong to no call',
  'other-service': 'other services than models',
  'other-key': 'other keys, projects or accounts than asked for (--only), or other features',
  'other-period': 'days, hours or months of the bill that are not wholly in the period asked for',
  'calendar-edge': 'calls that began in one period and ended in the next: the bill counts them in the later one',
  price: 'the same use at another price: see the unit prices below',
  use: 'more use on the bill than in the ledger (of other keys? --only), or less: see the quantities below',
  'price-or-use': 'another cost, on a bill without quantities: another price, or use of other keys (--only)',
  'unknown-model': 'models that the ledger has no call of: the calls used another key, or the name needs --map',
  'not-in-ledger': 'calls that the ledger does not have: another key, a client past the router, or removed records',
  'other-vendor': 'charges that another vendor bills',
  'other-model': 'models that this bill does not name: another vendor bills them, or the name needs --map',
  'outside-bill': 'calls before the first or after the last period of the bill',
  'ledger-adjustment': 'costs in the ledger that the prices known now do not explain: --config adds prices',
  'not-on-bill': 'calls that are not on the bill, or not yet',
});

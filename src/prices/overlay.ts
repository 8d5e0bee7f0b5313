/**
 * Our dated additions to the price book: models that it lacks or confuses with others, and terms that it does not have. Every
 * entry has a public source. A model without an entry causes an error that asks for a configured `price`; terms without one
 * are priced as the standard terms and named as unpriced.
 */
import type { PriceList } from '../contracts/price-list.ts';
import { MODELS } from './overlay-data/models.ts';
import { TERMS } from './overlay-data/terms.ts';
import { TOOL_FEES } from './overlay-data/tool-fees.ts';

const ALL_TERMS = [...TERMS, ...TOOL_FEES];

export const OVERLAY: PriceList = Object.freeze({
  source: 'https://www.npmjs.com/package/outcome-router',
  asOf: [...MODELS, ...ALL_TERMS].reduce((newest, { asOf }) => (asOf > newest ? asOf : newest), ''),
  models: MODELS,
  terms: ALL_TERMS,
});

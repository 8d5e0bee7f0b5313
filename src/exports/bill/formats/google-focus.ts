/**
 * What Google writes in its FOCUS exports otherwise than other clouds: the cost of a row is net of its credits, categories are in small
 * letters, a service has no category and a SKU no meter, and a rate says what the currency of the bill is in USD.
 */
import { parseDecimal } from '../../focus/decimal.ts';
import { BILL_SCALE } from '../bill-row.ts';

/** Columns that are read of Google's exports alone. */
export const GOOGLE_COLUMNS = [
  'ContractedCost',
  'ProviderName',
  'x_CostType',
  'x_CurrencyConversionRate',
  'x_ServiceId',
];

type GoogleRow = Readonly<Record<string, string | undefined>>;

export function isGoogles({ x_CostType: type, x_ServiceId: service, ProviderName: provider }: GoogleRow): boolean {
  return Boolean(type) || Boolean(service) || provider === 'Google Cloud';
}

/** How many units of the bill's currency a dollar is, in units of 10⁻¹⁸; `undefined` where the row does not say it. */
export function currencyPerUsd({ x_CurrencyConversionRate: rate }: GoogleRow): bigint | undefined {
  const value = rate === undefined ? undefined : parseDecimal(rate, BILL_SCALE);
  return value !== undefined && value > 0n ? value : undefined;
}

/**
 * The differences of Google's FOCUS exports from those of other clouds: the cost of a row is net of its credits, categories are
 * in lower case, a service has no category and a SKU no meter, and a rate states the value of the bill's currency in USD.
 */
import { parseDecimal } from '../../focus/decimal.ts';
import { BILL_SCALE } from '../bill-row.ts';

/** Columns that are read only in Google's exports. */
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

/** Units of the bill's currency per dollar, in units of 10⁻¹⁸; `undefined` if the row does not state the rate. */
export function currencyPerUsd({ x_CurrencyConversionRate: rate }: GoogleRow): bigint | undefined {
  const value = rate === undefined ? undefined : parseDecimal(rate, BILL_SCALE);
  return value !== undefined && value > 0n ? value : undefined;
}

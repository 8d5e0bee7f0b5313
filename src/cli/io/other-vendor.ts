/** The vendors whose charges cannot be on a bill, by `--vendor` or by the bill's own format. */
import { RouterError } from '../../errors.ts';
import type { MatchOptions } from '../../exports/bill/match-bill.ts';
import type { LedgerPrices } from './ledger-prices.ts';
import { isVendor } from './ledger-prices.ts';

/**
 * True for a charge by a vendor other than the named one; without a name, by a vendor other than those in whose own formats the bill is. A
 * model whose vendor is unknown may belong to any vendor. A host may be a gateway, which passes calls on with a key of the bill's vendor.
 *
 * @throws RouterError `invalid-value` for an unknown vendor
 */
export function otherThan(
  named: string | undefined,
  vendorIdOf: LedgerPrices['vendorIdOf'],
): NonNullable<MatchOptions['isOfOtherVendor']> {
  const wanted = named?.toLowerCase();
  if (wanted !== undefined && !isVendor(wanted))
    throw new RouterError('invalid-value', `"${named}" is not a vendor`, {
      path: '--vendor',
      accepted: 'a provider of the price book (openai, anthropic, google, aws, azure …), a host, self-hosted or other',
    });
  return ({ attempt: { model, providerModel } }, vendors) => {
    const id = vendorIdOf(model, providerModel);
    if (id === 'other') return false;
    return wanted === undefined ? vendors.size > 0 && !vendors.has(id) && !/[.:]|^localhost$/.test(id) : id !== wanted;
  };
}

/** The ledger as a FOCUS bill, to join with the bills of everything else a company pays for. */
import { RouterError } from '../errors.ts';
import type { PriceOf } from './charges.ts';
import { ledgerCharges } from './charges.ts';
import { csvLine } from './csv.ts';
import type { FocusVendor, FocusVersion } from './focus-columns.ts';
import { FOCUS_VERSIONS, focusColumns } from './focus-columns.ts';
import type { LedgerRange, LedgerSource } from './source.ts';

export interface FocusOptions extends LedgerRange {
  readonly version: FocusVersion;
  /** Prices by configured model name: the bill's lines are made again from what the ledger counted. */
  readonly priceOf: PriceOf;
  /** Who bills a configured model. */
  readonly vendorOf: (model: string) => FocusVendor;
  /** Called now and then with the rows so far. */
  readonly progress?: (rows: number) => void;
}

/**
 * The ledger as FOCUS CSV, in chunks and constant memory: one row per attempt and meter, joined by `x_RequestId`. The sum
 * of `EffectiveCost` is the ledger's total, to the nano-dollar; a part of it that its prices do not explain is a row of
 * its own (`ChargeCategory` "Adjustment"). A range selects by the time an attempt started.
 *
 * @throws RouterError `invalid-value` for an unknown version or a vendor without an account id
 *
 * @example
 * ```ts
 * await pipeline(
 *   exportFocus(store, { version: '1.3', priceOf: name => models.get(name)?.price, vendorOf: () => openai }),
 *   createWriteStream('bill.csv'),
 * );
 * ```
 */
export async function* exportFocus(source: LedgerSource, options: FocusOptions): AsyncGenerator<string> {
  const { version, priceOf, vendorOf, progress, ...range } = options;
  if (!FOCUS_VERSIONS.includes(version))
    throw new RouterError('invalid-value', `FOCUS ${version} is not known`, {
      path: 'version',
      accepted: FOCUS_VERSIONS,
    });
  const columns = focusColumns(version);
  const vendors = new Map<string, FocusVendor>();
  const vendor = (model: string): FocusVendor => {
    let known = vendors.get(model);
    if (known === undefined) vendors.set(model, (known = checkVendor(model, vendorOf(model))));
    return known;
  };
  yield `${csvLine(columns.map(({ name }) => name))}\n`;
  let rows = 0;
  for await (const charges of ledgerCharges(source, priceOf, range)) {
    let chunk = '';
    for (const charge of charges) {
      const by = vendor(charge.attempt.model);
      chunk += `${csvLine(columns.map(column => column.value(charge, by)))}\n`;
    }
    rows += charges.length;
    if (chunk !== '') yield chunk;
    progress?.(rows);
  }
}

function checkVendor(model: string, vendor: FocusVendor): FocusVendor {
  for (const name of ['billingAccountId', 'serviceProviderName', 'serviceName'] as const)
    if (vendor[name] === '')
      throw new RouterError('invalid-value', `a FOCUS bill needs it`, { path: `${model}.${name}`, accepted: 'a name' });
  return vendor;
}

/** Writes the ledger as a FOCUS bill, to join with a company's other bills. */
import {
  callback,
  LEDGER_RANGE,
  objectWith,
  oneOf,
  optional,
  optionsWith,
  storeWith,
  text,
} from '../../argument-checks.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import type { Charge, PriceOf } from './charges.ts';
import { ledgerAttempts, markedChargesOf } from './charges.ts';
import { csvField, csvLine } from './csv.ts';
import type { FocusColumn, FocusVendor, FocusVersion } from './focus-columns.ts';
import { FOCUS_VERSIONS, focusColumns } from './focus-columns.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';

export interface FocusOptions extends LedgerRange {
  /** The FOCUS version whose columns are written. */
  readonly version: FocusVersion;
  /** Prices by configured model name: the bill's lines are computed from the usage in the ledger. */
  readonly priceOf: PriceOf;
  /** The vendor of a configured model; `providerModel` is the provider's model name at the time of the attempt. */
  readonly vendorOf: (model: string, providerModel: string) => FocusVendor;
  /**
   * Called repeatedly with the number of rows so far, a summary of the adjustments among them, and the provider's names of the
   * models without a known price: each of their calls is one row, with a cost and without unit prices.
   */
  readonly progress?: (rows: number, adjustments: Adjustments, withoutPrice: ReadonlySet<string>) => void;
}

/** Rows for differences between the ledger's costs and its lines at the prices known now. */
export interface Adjustments {
  readonly rows: number;
  /** The sum of the differences, and the sum of their absolute values. */
  readonly nanoUsd: bigint;
  readonly sizeNanoUsd: bigint;
}

const checkLedger = storeWith('scan', 'load');
const checkOptions = optionsWith<FocusOptions>({
  ...LEDGER_RANGE,
  version: oneOf(FOCUS_VERSIONS),
  priceOf: callback,
  vendorOf: callback,
  progress: optional(callback),
});
const checkVendor = objectWith<FocusVendor>({
  billingAccountId: text,
  billingAccountName: optional(text),
  serviceProviderName: text,
  serviceName: text,
  hostProviderName: optional(text),
  invoiceIssuerName: optional(text),
});

/**
 * The ledger as FOCUS CSV, in chunks and constant memory: one row per attempt and meter, joined by `x_RequestId`. The sum
 * of `EffectiveCost` is the ledger's total, to the nano-dollar; a part that the prices do not explain is a row of its own
 * (`ChargeCategory` "Adjustment"). A range selects attempts by their start. `x_FailureCost` is on the first row of each intent
 * that has an outcome, and an intent that cost nothing has a row of $0, so that cost per success can be computed from the rows.
 *
 * @throws RouterError `invalid-value` for wrong arguments: an unknown version, a vendor without an account id …
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * const priceOf = () => resolvePrice(models.mini);
 * const vendor = { billingAccountId: 'org-4711', serviceProviderName: 'OpenAI', serviceName: 'OpenAI API' };
 * const focus = exportFocus(store, { version: '1.3', priceOf, vendorOf: () => vendor });
 * await pipeline(focus, createWriteStream('bill.csv'));
 * ```
 */
export async function* exportFocus(source: LedgerSource, options: FocusOptions): AsyncGenerator<string> {
  checkLedger(source, 'exportFocus.source');
  checkOptions(options, 'exportFocus');
  const { version, priceOf, vendorOf, progress, ...range } = options;
  const columns = focusColumns(version);
  const vendors = new Map<string, FocusVendor>();
  const vendorOfAttempt = ({ model, providerModel }: Attempt): FocusVendor => {
    const key = `${model}\t${providerModel}`;
    let known = vendors.get(key);
    if (known === undefined) {
      known = vendorOf(model, providerModel);
      checkVendor(known, `exportFocus.vendorOf(${JSON.stringify(model)})`);
      vendors.set(key, known);
    }
    return known;
  };
  const lineOf = lineWriter(columns);
  yield `${csvLine(columns.map(({ name }) => name))}\n`;
  let rows = 0;
  const adjustments = { rows: 0, nanoUsd: 0n, sizeNanoUsd: 0n };
  const withoutPrice = new Set<string>();
  for await (const attempts of ledgerAttempts(source, range)) {
    const charges = attempts.flatMap(each => markedChargesOf(each, priceOf));
    let chunk = '';
    let attempt: Attempt | undefined;
    let vendor: FocusVendor | undefined;
    for (const charge of charges) {
      if (vendor === undefined || charge.attempt !== attempt) vendor = vendorOfAttempt((attempt = charge.attempt));
      chunk += lineOf(charge, vendor);
      if (charge.kind === 'request' && !charge.isStated) withoutPrice.add(charge.providerModel);
      if (charge.kind !== 'adjustment' || charge.costNanoUsd === 0) continue;
      adjustments.rows++;
      adjustments.nanoUsd += BigInt(charge.costNanoUsd);
      adjustments.sizeNanoUsd += BigInt(Math.abs(charge.costNanoUsd));
    }
    rows += charges.length;
    if (chunk !== '') yield chunk;
    progress?.(rows, adjustments, withoutPrice);
  }
}

/** Most fields are the same for all charges of an attempt or of a vendor, so they are encoded once and reused. */
function lineWriter(columns: readonly FocusColumn[]): (charge: Charge, vendor: FocusVendor) => string {
  const fields: string[] = columns.map(() => '');
  let lastVendor: FocusVendor | undefined;
  let lastAttempt: Attempt | undefined;
  return (charge, vendor) => {
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as FocusColumn;
      if (column.per === 'vendor' && vendor === lastVendor) continue;
      if (column.per === 'attempt' && charge.attempt === lastAttempt) continue;
      fields[i] = csvField(column.value(charge, vendor));
    }
    lastVendor = vendor;
    lastAttempt = charge.attempt;
    return `${fields.join(',')}\n`;
  };
}

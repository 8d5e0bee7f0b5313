/** FOCUS bills that the router, a cloud (Azure, AWS, Google) or a FinOps tool writes: CSV, or JSON lines. */
import { METER_NAMES } from '../../focus/focus-units.ts';
import type { BillRow, RowKind } from '../bill-row.ts';
import type { SkuNames } from '../sku-names.ts';
import { modelIn, namesInSku } from '../sku-names.ts';
import { unitFactor } from '../units.ts';
import type { BillFormat, RowContext } from './format.ts';
import { invalidRow, isOfOtherKey, quantityOf, textOf, usdOf } from './format.ts';
import { currencyPerUsd, GOOGLE_COLUMNS, isGoogles } from './google-focus.ts';

const COLUMNS = [
  ...`ChargePeriodStart ChargePeriodEnd EffectiveCost BilledCost ListCost BillingCurrency ChargeCategory ChargeClass
  ChargeDescription ConsumedQuantity ConsumedUnit PricingQuantity PricingUnit ServiceCategory ServiceName SkuId SkuMeter SkuPriceId
  SubAccountId SubAccountName BillingAccountId ResourceId ResourceName RegionId x_RequestId x_IntentId x_UsageType x_SkuMeterName
  x_SkuDescription x_PricingBlockSize x_BilledCostInUsd x_EffectiveCostInUsd x_ListCostInUsd`.split(/\s+/),
  ...GOOGLE_COLUMNS,
];

type FocusRow = Readonly<Record<string, string | undefined>>;

const KINDS = new Map<string, RowKind>(
  (['tax', 'credit', 'purchase', 'adjustment'] as const).map(kind => [kind, kind]),
);

const AI = 'AI and Machine Learning';

/** The model and the meter of a row: as our own export names them, or read from one of the texts of a cloud's bill. */
function namesIn(row: FocusRow): SkuNames | undefined {
  const { SkuId = '', SkuMeter = '', ServiceName = '' } = row;
  if (METER_NAMES.has(SkuMeter)) return { model: SkuId, meter: SkuMeter };
  for (const text of [
    row.x_SkuMeterName,
    SkuMeter,
    row.x_UsageType,
    row.x_SkuDescription,
    row.ChargeDescription,
    SkuId,
  ]) {
    const found = namesInSku(text ?? '');
    if (found === undefined) continue;
    // A marketplace's usage type names no model; the service is named after it.
    const model = found.model === '' && /edition\)$/i.test(ServiceName) ? modelIn(ServiceName) : found.model;
    if (model !== '' || found.meter === 'Web Searches') return { ...found, model };
  }
  return undefined;
}

function kindOf(row: FocusRow, isNamed: boolean, context: RowContext): RowKind {
  const { ChargeCategory = 'Usage', ServiceCategory = isGoogles(row) ? '' : AI } = row;
  // In our own export, differences that prices do not explain are adjustments, which belong to their calls.
  const kind = row.x_IntentId ? undefined : KINDS.get(ChargeCategory.toLowerCase());
  if (kind !== undefined) return kind;
  if (isOfOtherKey(row, context)) return 'other-key';
  return isNamed || ServiceCategory === AI ? 'use' : 'other-service';
}

/** A use costs 0 or more. A credit, a correction or an adjustment without a meter may be negative. */
function costOf(row: FocusRow, kind: RowKind, context: RowContext): bigint {
  const { costColumn: column, usdPer } = context;
  const { BillingCurrency: currency = 'USD', SkuMeter = '', ChargeClass = '', ChargeCategory = 'Usage' } = row;
  const inUsd = row[`x_${column}InUsd`];
  const isUse = kind === 'use' && SkuMeter !== '' && ChargeCategory === 'Usage' && ChargeClass !== 'Correction';
  const of = { kind: isUse ? kind : 'adjustment' } as const;
  if (currency === 'USD') return usdOf(row[column], column, context, of);
  if (inUsd !== undefined && inUsd !== '') return usdOf(inUsd, `x_${column}InUsd`, context, of);
  const perUsd = Object.hasOwn(usdPer, currency.toUpperCase()) ? undefined : currencyPerUsd(row);
  return usdOf(row[column], column, context, { ...of, currency, ...(perUsd === undefined ? {} : { perUsd }) });
}

/** The quantity in single units, because a bill counts tokens by the thousand or by the million. */
function quantityIn(row: FocusRow, context: RowContext): bigint | undefined {
  const { ConsumedQuantity, ConsumedUnit, PricingQuantity, PricingUnit, x_PricingBlockSize: block } = row;
  if (ConsumedQuantity)
    return quantityOf(ConsumedQuantity, 'ConsumedQuantity', context, unitFactor(ConsumedUnit || PricingUnit));
  const factor = unitFactor(PricingUnit);
  return quantityOf(PricingQuantity, 'PricingQuantity', context, factor === 1 ? unitFactor(block) : factor);
}

/** The texts of a row that may be names in a map. */
function textsOf(row: FocusRow): readonly (string | undefined)[] {
  return [row.SkuPriceId, row.SkuId, row.SkuMeter, row.x_SkuMeterName, row.x_UsageType, row.ChargeDescription];
}

function rowsOf(row: FocusRow, context: RowContext): readonly BillRow[] {
  const start = row.ChargePeriodStart ?? '';
  const period = context.times.period(start, row.ChargePeriodEnd);
  if (period === undefined) throw invalidRow(context, `ChargePeriodStart "${start}" is not a time`, 'an ISO time');
  const found = namesIn(row);
  const own = { model: row.SkuId ?? '', meter: row.SkuMeter ?? '' };
  const names = context.names.isEmpty ? (found ?? own) : context.names.apply(textsOf(row), found ?? own);
  const isNamed = found !== undefined || names.model !== own.model || names.meter !== own.meter;
  const kind = kindOf(row, isNamed, context);
  const cost = costOf(row, kind, context);
  // Our export has such a row for an intent without cost.
  if (cost === 0n && row.ChargeCategory === 'Adjustment') return [];
  const whole = {
    ...names,
    ...period,
    requestId: row.x_RequestId || undefined,
    kind,
    quantity: quantityIn(row, context),
  };
  const credit = kind === 'use' && isGoogles(row) ? creditOf(row, cost, context) : 0n;
  if (credit === 0n) return [{ ...whole, cost }];
  return [
    { ...whole, cost: cost - credit },
    { ...whole, kind: 'credit', cost: credit, quantity: undefined },
  ];
}

/**
 * The amount that credits take off the cost of the row, 0 or less: the ledger's costs are compared with the cost before credits.
 */
function creditOf(row: FocusRow, cost: bigint, context: RowContext): bigint {
  if (context.costColumn === 'ListCost' || !row.ContractedCost) return 0n;
  const before = costOf({ ...row, [context.costColumn]: row.ContractedCost }, 'adjustment', context);
  return cost < before ? cost - before : 0n;
}

export const FOCUS: BillFormat = {
  name: 'focus',
  csv: {
    isOf: ['ChargePeriodStart'],
    columns: COLUMNS,
    rows: rowsOf,
  },
  json: {
    isOf: value => 'ChargePeriodStart' in value,
    rows(value, context) {
      const names = [...COLUMNS, ...Object.keys(context.only)];
      return rowsOf(Object.fromEntries(names.map(name => [name, textOf(value[name])])), context);
    },
  },
};

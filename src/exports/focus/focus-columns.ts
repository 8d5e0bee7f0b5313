/** The columns of a FOCUS bill (https://focus.finops.org/focus-specification/), and how each is filled from a charge. */
import { planKey } from '../../core/ledger/vocabulary.ts';
import { rateIdOf, versionParts } from '../../core/cells/version-parts.ts';
import { decimalText, product } from './decimal.ts';
import type { Charge } from './charges.ts';
import { meterName, pricedUnit } from './focus-units.ts';
import type { ModelIdentity } from './model-identity.ts';
import { modelIdentity } from './model-identity.ts';

/** `1.5-draft`: as of September 2026 the draft has the columns of 1.4, and further properties in `SkuPriceDetails`. */
export const FOCUS_VERSIONS = ['1.3', '1.4', '1.5-draft'] as const;
export type FocusVersion = (typeof FOCUS_VERSIONS)[number];

/** The vendor that sells and bills a model. */
export interface FocusVendor {
  /** The organization or account that the vendor bills. FOCUS does not allow null. */
  readonly billingAccountId: string;
  readonly billingAccountName?: string;
  /** `OpenAI`. */
  readonly serviceProviderName: string;
  /** Name of the service: `OpenAI API`. */
  readonly serviceName: string;
  /** The companies that run the machines and that send the invoice, if these are not the service provider. */
  readonly hostProviderName?: string;
  readonly invoiceIssuerName?: string;
}

export interface FocusColumn {
  readonly name: string;
  /** The first and the last FOCUS version with this column, or with this content of it. */
  readonly since?: FocusVersion;
  readonly until?: FocusVersion;
  /** Set if all charges of a vendor, or of an attempt, have the same value, so that it is encoded once. */
  readonly per?: 'vendor' | 'attempt';
  /** Text or null; never `''`. */
  value(charge: Charge, vendor: FocusVendor): string | null;
}

const HOUR_MS = 3_600_000;
const NANO = 9;
const PICO = 12;

function quantityOf(charge: Charge): number {
  return charge.kind === 'meter' ? charge.line.quantity : 1;
}

/** The price of one pricing unit. */
function unitPrice(charge: Charge, rate: 'rate' | 'listRate'): string | null {
  const unit = pricedUnit(charge);
  if (unit === undefined) return null;
  if (charge.kind !== 'meter') return decimalText(charge.costNanoUsd, NANO);
  return decimalText(charge.line[rate] ?? charge.line.rate, PICO - unit.power);
}

/** Unit price × quantity, exactly. The billed cost is this, rounded to the nano-dollar per meter. */
function costAt(charge: Charge, rate: 'rate' | 'listRate'): string {
  if (charge.kind !== 'meter') return billed(charge);
  const { line } = charge;
  return decimalText(product(line[rate] ?? line.rate, line.quantity), PICO);
}

function billed(charge: Charge): string {
  return decimalText(charge.costNanoUsd, NANO);
}

/** One SKU price id has one list price: a large request, or one that was served on other terms, gets another id. */
function skuPriceId(charge: Charge): string | null {
  if (charge.kind !== 'meter')
    return pricedUnit(charge) === undefined ? null : `${charge.providerModel}/request@stated:${charge.costNanoUsd}`;
  const { attempt, line, providerModel } = charge;
  const { tier, speed, region } = attempt;
  const terms = Object.entries({ tier, speed, region }).filter(
    (term): term is [string, string] => term[1] !== undefined,
  );
  const served = terms.length === 0 ? '' : `?${new URLSearchParams(terms).toString()}`;
  return `${providerModel}/${line.meter}@${priceId(charge)}:${line.listRate ?? line.rate}${served}`;
}

/**
 * The price at the time of the call: identified by the rates in the ledger if it has them, else by the version of the intent's
 * decision.
 */
function priceId({ price, attempt, providerModel, intent }: Extract<Charge, { kind: 'meter' }>): string {
  if (price !== undefined) return price.idAt(attempt.startedAtMs);
  const version = providerModel === attempt.providerModel ? intent.decided.versions[attempt.model] : undefined;
  return rateIdOf(versionParts(version ?? '').price) || RECORDED;
}

/** Marks rates that the ledger recorded with the call. */
const RECORDED = 'ledger';

function skuPriceDetails(charge: Charge, model?: ModelIdentity): string | null {
  if (charge.kind !== 'meter') return null;
  const { tier = 'standard', speed, region } = charge.attempt;
  const source = charge.price?.source ?? RECORDED;
  return JSON.stringify({ ...model, x_PriceSource: source, x_ServiceTier: tier, x_Speed: speed, x_Region: region });
}

/** `YYYY-MM-DDTHH:mm:ssZ`, UTC. */
export function focusTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

interface Periods {
  readonly hour: number;
  readonly chargeStart: string;
  readonly chargeEnd: string;
  readonly billingStart: string;
  readonly billingEnd: string;
}

/** Caches one entry, because nearly every charge is in the same hour as the one before. */
let latest: Periods | undefined;

/** The hour and the calendar month of a charge; their ends are exclusive. */
function periodsOf({ attempt }: Charge): Periods {
  const hour = chargeHour(attempt.startedAtMs);
  if (latest?.hour === hour) return latest;
  const date = new Date(hour);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  latest = {
    hour,
    chargeStart: focusTime(hour),
    chargeEnd: focusTime(hour + HOUR_MS),
    billingStart: focusTime(Date.UTC(year, month)),
    billingEnd: focusTime(Date.UTC(year, month + 1)),
  };
  return latest;
}

/** The start of the hour in which an attempt started: charge periods are hours. */
export function chargeHour(startedAtMs: number): number {
  return Math.floor(startedAtMs / HOUR_MS) * HOUR_MS;
}

/** The failure cost is stated once per intent, so that it can be summed; null while the outcome is not known. */
function failureCost({ intent: { outcome, decided }, isFirstOfIntent }: Charge): string | null {
  if (isFirstOfIntent === undefined) return null;
  if (outcome.state === 'success') return '0';
  return outcome.state === 'failure' ? decimalText(outcome.costNanoUsd ?? decided.failureCostNanoUsd, NANO) : null;
}

const text = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);

/** In the order of the file: FOCUS columns by name, then ours. */
const FOCUS_COLUMNS: readonly FocusColumn[] = [
  { name: 'BilledCost', value: billed },
  { name: 'BillingAccountId', per: 'vendor', value: (_, vendor) => text(vendor.billingAccountId) },
  { name: 'BillingAccountName', per: 'vendor', value: (_, vendor) => text(vendor.billingAccountName) },
  { name: 'BillingCurrency', per: 'vendor', value: () => 'USD' },
  { name: 'BillingPeriodEnd', per: 'attempt', value: charge => periodsOf(charge).billingEnd },
  { name: 'BillingPeriodStart', per: 'attempt', value: charge => periodsOf(charge).billingStart },
  { name: 'ChargeCategory', value: charge => (charge.kind === 'adjustment' ? 'Adjustment' : 'Usage') },
  { name: 'ChargeClass', per: 'vendor', value: () => null },
  { name: 'ChargeDescription', value: charge => `${charge.providerModel}: ${meterName(charge) ?? 'Adjustment'}` },
  { name: 'ChargeFrequency', per: 'vendor', value: () => 'Usage-Based' },
  { name: 'ChargePeriodEnd', per: 'attempt', value: charge => periodsOf(charge).chargeEnd },
  { name: 'ChargePeriodStart', per: 'attempt', value: charge => periodsOf(charge).chargeStart },
  {
    name: 'ConsumedQuantity',
    value: charge => (pricedUnit(charge) === undefined ? null : decimalText(quantityOf(charge), 0)),
  },
  { name: 'ConsumedUnit', value: charge => pricedUnit(charge)?.consumed ?? null },
  { name: 'ContractedCost', value: charge => costAt(charge, 'rate') },
  { name: 'ContractedUnitPrice', value: charge => unitPrice(charge, 'rate') },
  { name: 'EffectiveCost', value: billed },
  {
    name: 'HostProviderName',
    per: 'vendor',
    value: (_, vendor) => text(vendor.hostProviderName ?? vendor.serviceProviderName),
  },
  {
    name: 'InvoiceIssuerName',
    per: 'vendor',
    value: (_, vendor) => text(vendor.invoiceIssuerName ?? vendor.serviceProviderName),
  },
  { name: 'ListCost', value: charge => costAt(charge, 'listRate') },
  { name: 'ListUnitPrice', value: charge => unitPrice(charge, 'listRate') },
  {
    name: 'PricingQuantity',
    value: charge => {
      const unit = pricedUnit(charge);
      return unit === undefined ? null : decimalText(quantityOf(charge), unit.power);
    },
  },
  { name: 'PricingUnit', value: charge => pricedUnit(charge)?.pricing ?? null },
  { name: 'ProviderName', per: 'vendor', until: '1.3', value: (_, vendor) => text(vendor.serviceProviderName) },
  { name: 'PublisherName', per: 'vendor', until: '1.3', value: (_, vendor) => text(vendor.serviceProviderName) },
  { name: 'ServiceCategory', per: 'vendor', value: () => 'AI and Machine Learning' },
  { name: 'ServiceName', per: 'vendor', value: (_, vendor) => text(vendor.serviceName) },
  { name: 'ServiceProviderName', per: 'vendor', value: (_, vendor) => text(vendor.serviceProviderName) },
  { name: 'ServiceSubcategory', per: 'vendor', value: () => 'Generative AI' },
  { name: 'SkuId', value: ({ providerModel }) => providerModel },
  { name: 'SkuMeter', value: charge => meterName(charge) ?? null },
  { name: 'SkuPriceDetails', until: '1.4', value: charge => skuPriceDetails(charge) },
  {
    name: 'SkuPriceDetails',
    since: '1.5-draft',
    value: charge => skuPriceDetails(charge, modelIdentity(charge.providerModel)),
  },
  { name: 'SkuPriceId', value: skuPriceId },
  { name: 'x_RequestId', per: 'attempt', value: ({ attempt }) => text(attempt.requestId) },
  { name: 'x_SessionId', per: 'attempt', value: ({ intent }) => text(intent.decided.session) },
  { name: 'x_IntentId', per: 'attempt', value: ({ intent }) => intent.id },
  { name: 'x_FeatureTag', per: 'attempt', value: ({ intent }) => intent.decided.feature },
  {
    name: 'x_ModelVersion',
    value: ({ attempt: { servedBy, providerModel: asked, responseModel }, providerModel }) =>
      text(providerModel === (servedBy ?? asked) ? (responseModel ?? providerModel) : providerModel),
  },
  { name: 'x_PromptVersion', per: 'attempt', value: ({ intent }) => text(intent.decided.promptVersion) },
  { name: 'x_Plan', per: 'attempt', value: ({ intent }) => planKey(intent.decided.decision.plan) },
  { name: 'x_Outcome', per: 'attempt', value: ({ intent }) => intent.outcome.state },
  { name: 'x_FailureCost', value: failureCost },
  { name: 'x_AttemptKind', per: 'attempt', value: ({ attempt }) => attempt.kind },
  {
    name: 'x_CostProvenance',
    per: 'attempt',
    value: ({ attempt }) => (attempt.provenance === 'none' ? null : attempt.provenance),
  },
  { name: 'x_Unpriced', per: 'attempt', value: ({ attempt }) => text(attempt.unpriced?.join('; ')) },
  { name: 'x_ProviderRequestId', per: 'attempt', value: ({ attempt }) => text(attempt.providerRequestId) },
];

/** The columns of a FOCUS version. */
export function focusColumns(version: FocusVersion): readonly FocusColumn[] {
  return FOCUS_COLUMNS.filter(
    ({ since, until }) => (since === undefined || since <= version) && (until === undefined || version <= until),
  );
}

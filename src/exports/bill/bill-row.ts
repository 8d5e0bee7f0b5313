/** A row of a bill of any vendor, and the exact amounts in it. */
import { accepting, anyText, finite, objectWith, oneOf, optional } from '../../argument-checks.ts';

/** Costs and quantities are integers in units of 10⁻¹⁸. More decimal places are rejected, so sums are exact. */
export const BILL_SCALE = 18;

const PER_NANO = 10n ** BigInt(BILL_SCALE - 9);

/**
 * What a row charges for. Only `use` is compared with the ledger; the rest is added up and shown.
 *
 * - `tax`, `credit`, `purchase` (a commitment, a subscription, a fee), `adjustment`: named as in FOCUS.
 * - `other-service`: a service other than a model, on a bill of a cloud.
 * - `other-key`: use by another project, key or account than the selected ones.
 */
export const ROW_KINDS = ['use', 'tax', 'credit', 'purchase', 'adjustment', 'other-service', 'other-key'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** One row of a bill, with the fields that matching needs. */
export interface BillRow {
  /** Our request id or the provider's; `undefined` where the row covers more than one request. */
  readonly requestId: string | undefined;
  /** The model's name on the bill; `''` where the row does not name one, and covers all models. */
  readonly model: string;
  /** `Input Tokens`, as in `SkuMeter` of our export; `''` where the row does not name a meter, and covers all. */
  readonly meter: string;
  /** Start of the charge period, milliseconds since the epoch. */
  readonly startMs: number;
  /** End of the charge period, exclusive; default: an hour after its start. */
  readonly endMs?: number;
  /** In units of 10⁻¹⁸ USD; `undefined` in a report of usage alone. */
  readonly cost: bigint | undefined;
  /** Tokens, calls, requests, in units of 10⁻¹⁸; `undefined` where the row has none. */
  readonly quantity: bigint | undefined;
  /** Default `use`. */
  readonly kind?: RowKind;
  /** The vendor that sent the bill, such as `openai`: a row without a model covers no other vendor's charges. */
  readonly vendor?: string;
  /** For a file in another currency, whose costs are rounded in that currency: one object shared by all of its rows. */
  readonly rounding?: BillRounding;
}

/** How a file in a currency other than USD rounds. */
export interface BillRounding {
  /** The last digit of the file's costs, in units of 10⁻¹⁸ USD, judging by the rows read so far. */
  readonly lastDigit: bigint;
}

const amount = accepting('a bigint, in units of 10⁻¹⁸', value => typeof value === 'bigint');

export const checkRow = objectWith<BillRow>({
  requestId: optional(anyText),
  model: anyText,
  meter: anyText,
  startMs: finite,
  endMs: optional(finite),
  cost: optional(amount),
  quantity: optional(amount),
  kind: optional(oneOf(ROW_KINDS)),
  vendor: optional(anyText),
  rounding: optional(objectWith<BillRounding>({ lastDigit: amount })),
});

/** True for nearly every row that {@link checkRow} accepts: it avoids checking a million rows member by member. */
export function isRow(row: BillRow | null | undefined): boolean {
  if (row === null || row === undefined) return false;
  const { requestId, model, meter, startMs, endMs, cost, quantity, kind, vendor, rounding } = row;
  return (
    typeof model === 'string' &&
    typeof meter === 'string' &&
    Number.isFinite(startMs) &&
    (cost === undefined || typeof cost === 'bigint') &&
    (requestId === undefined || typeof requestId === 'string') &&
    (quantity === undefined || typeof quantity === 'bigint') &&
    (endMs === undefined || Number.isFinite(endMs)) &&
    (kind === undefined || ROW_KINDS.includes(kind)) &&
    (vendor === undefined || typeof vendor === 'string') &&
    (rounding === undefined || typeof rounding?.lastDigit === 'bigint')
  );
}

/** Rounds to the nearest nano-dollar, halves away from zero. */
export function toNano(cost: bigint): bigint {
  const size = cost < 0n ? -cost : cost;
  const rounded = (size + PER_NANO / 2n) / PER_NANO;
  return cost < 0n ? -rounded : rounded;
}

/** The number of digits after the point of an amount: `1.25` has 2. */
export function decimalsOf(cost: bigint): number {
  let left = cost;
  let decimals = BILL_SCALE;
  while (decimals > 0 && left % 10n === 0n) {
    left /= 10n;
    decimals--;
  }
  return decimals;
}

/** The value of the last of this many digits after the point, in units of 10⁻¹⁸. */
export function unitOf(decimals: number): bigint {
  return UNITS[decimals] as bigint;
}

const UNITS: readonly bigint[] = Array.from(
  { length: BILL_SCALE + 1 },
  (_, decimals) => 10n ** BigInt(BILL_SCALE - decimals),
);

/** Adds nano-dollars exactly, as numbers while they are small enough. */
export function nanoSum() {
  let whole = 0n;
  let part = 0;
  return {
    add(nano: number): void {
      if (Math.abs(nano) > MAX_PART) {
        whole += BigInt(nano);
        return;
      }
      part += nano;
      if (Math.abs(part) <= MAX_PART) return;
      whole += BigInt(part);
      part = 0;
    },
    sum: (): bigint => whole + BigInt(part),
  };
}

/** $4,000,000. The sum of two such amounts is a safe integer. */
const MAX_PART = 4e15;

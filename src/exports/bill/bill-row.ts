/** A row of a bill, whatever vendor wrote it, and the exact amounts in it. */
import { accepting, anyText, finite, objectWith, oneOf, optional } from '../../argument-checks.ts';

/** Costs and quantities are integers in units of 10⁻¹⁸. More decimal places are rejected, so sums are exact. */
export const BILL_SCALE = 18;

const PER_NANO = 10n ** BigInt(BILL_SCALE - 9);

/**
 * What a row charges for. Only `use` is compared with the ledger; the rest is added up and shown.
 *
 * - `tax`, `credit`, `purchase` (a commitment, a subscription, a fee), `adjustment`: as FOCUS names them.
 * - `other-service`: something else than a model, on a bill of a cloud.
 * - `other-key`: use by another project, key or account than those asked for.
 */
export const ROW_KINDS = ['use', 'tax', 'credit', 'purchase', 'adjustment', 'other-service', 'other-key'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** One row of a bill: what matching needs. */
export interface BillRow {
  /** Our request id or the provider's; `undefined` where the row covers more than one request. */
  readonly requestId: string | undefined;
  /** The model's name on the bill; `''` where the row does not name one, and covers all. */
  readonly model: string;
  /** `Input Tokens`, as `SkuMeter` of our export has it; `''` where the row does not name one, and covers all. */
  readonly meter: string;
  /** Start of the charge period, milliseconds since the epoch. */
  readonly startMs: number;
  /** End of the charge period, exclusive; default: an hour after its start. */
  readonly endMs?: number;
  /** In units of 10⁻¹⁸ USD; `undefined` in a report of use alone. */
  readonly cost: bigint | undefined;
  /** Tokens, calls, requests, in units of 10⁻¹⁸; `undefined` where the row has none. */
  readonly quantity: bigint | undefined;
  /** Default `use`. */
  readonly kind?: RowKind;
  /** The vendor whose own bill it is, `openai`: a row without a model covers no other vendor's charges. */
  readonly vendor?: string;
  /** For a file in another currency, which rounds in that currency: one object shared by all of its rows. */
  readonly rounding?: BillRounding;
}

/** How a file of another currency than USD rounds. */
export interface BillRounding {
  /** The last digit of its costs, in units of 10⁻¹⁸ USD, as far as the file has been read. */
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

/** True for nearly every row that {@link checkRow} accepts: a million rows are not looked at member by member. */
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

/** Digits after the point that an amount has: `1.25` has 2. */
export function decimalsOf(cost: bigint): number {
  let left = cost;
  let decimals = BILL_SCALE;
  while (decimals > 0 && left % 10n === 0n) {
    left /= 10n;
    decimals--;
  }
  return decimals;
}

/** The last of this many digits after the point, in units of 10⁻¹⁸. */
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

/** $4,000,000. Two of them add up to a safe integer. */
const MAX_PART = 4e15;

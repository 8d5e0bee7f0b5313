/** The contract of a price: exact integer arithmetic from usage to nano-dollars, resolved once per model at start-up. */
import type { NanoUsd } from '../core/money.ts';
import type { Meter, ServiceTier, Usage } from '../core/usage.ts';

/** Integer pico-dollars (10⁻¹² USD) per unit of a meter: $0.0125 per million tokens = 12,500. */
export type PicoUsdPerUnit = number;

/** Rates of one model in one period; a meter without a rate is billed at the rate of its plain meter (`input`, `output`). */
export type Rates = Readonly<Partial<Record<Meter, PicoUsdPerUnit>>> & {
  readonly input: PicoUsdPerUnit;
  readonly output: PicoUsdPerUnit;
};

/** One row of a bill. */
export interface BillLine {
  readonly meter: Meter;
  readonly quantity: number;
  readonly rate: PicoUsdPerUnit;
  /** quantity × rate, rounded half up to nano-dollars, per meter. */
  readonly costNanoUsd: NanoUsd;
}

export interface Price {
  /** Where it comes from and what it is: `genai-prices 0.1.8 openai/gpt-5-mini`, `configuration`. Part of a cell's version. */
  readonly source: string;
  /** Short stable id of the rates: changes when the price does. */
  readonly id: string;
  /** The lines of a bill at a time: what was used, at the rates of that time and tier. */
  lines(usage: Usage, atMs: number, tier?: ServiceTier): readonly BillLine[];
  /** The sum of the lines. */
  cost(usage: Usage, atMs: number, tier?: ServiceTier): NanoUsd;
}

/** `outcome-router/calculator`: cost per success from assumptions, without a ledger. */
export type { SetUpComparison, CostFigure, Costs, SetUp } from '../core/calculator/calculator.ts';
export { compareSetUps, costsOf, halfWidthUsd, samplesNeeded } from '../core/calculator/calculator.ts';
export type { Claim, Preset, PresetName } from '../core/calculator/presets.ts';
export { PRESET_NAMES, preset } from '../core/calculator/presets.ts';

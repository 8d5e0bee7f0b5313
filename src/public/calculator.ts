/** `outcome-router/calculator`: cost per success from assumptions, without a ledger. */
export type { SetUpComparison, Costs, SetUp } from '../core/calculator/calculator.ts';
export { compareSetUps, costsOf } from '../core/calculator/calculator.ts';
export type { IntentsOfTurns, RestOfSetUp } from '../core/calculator/by-turns.ts';
export { setUpByTurns } from '../core/calculator/by-turns.ts';
export type { CostFigure } from '../core/calculator/sample-size.ts';
export { halfWidthUsd, samplesNeeded } from '../core/calculator/sample-size.ts';
export type { Claim, Preset, PresetName } from '../core/calculator/presets.ts';
export { PRESET_NAMES, preset } from '../core/calculator/presets.ts';

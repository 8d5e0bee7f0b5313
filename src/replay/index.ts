/** `outcome-router/replay`: simulation of worlds, replay of outcome tables, and what a ledger says of another policy. */
export { namedPolicy, POLICY_NAMES } from './named-policies.ts';
export type { NamedPolicy } from './named-policies.ts';
export type { Expected, LoggedDecision, OffPolicyEstimate } from './off-policy.ts';
export { evaluateOffPolicy } from './off-policy.ts';
export type { OutcomeRow, OutcomeTable, RowProblem } from './outcome-table.ts';
export { outcomeTable } from './outcome-table.ts';
export type { ReadTableOptions, TableRead } from './read-table.ts';
export { readOutcomeTable } from './read-table.ts';
export type { FeatureReplay } from './ledger-run.ts';
export type { LedgerReplay, ReplayedLedger, ReplayLedgerOptions } from './replay-ledger.ts';
export { replayLedger } from './replay-ledger.ts';
export type { CurvePoint, ReplayedFeature, ReplayedPolicy, ReplayTableOptions, TableReplay } from './replay-table.ts';
export { replayTable } from './replay-table.ts';
export { savingsAgainst } from './savings.ts';
export type { Simulation, SimulationOptions, SimulationResult } from './simulate.ts';
export { simulate, startSimulation } from './simulate.ts';
export type { CascadeWorldOptions, ModelsWorldOptions, World, WorldModel } from './world.ts';
export { cascadeWorld, modelsWorld } from './world.ts';

/** `outcome-router/replay`: simulation of worlds, replay of outcome tables, and what a ledger says of another policy. */
export { namedPolicy, POLICY_NAMES } from '../replay/common/named-policies.ts';
export type { NamedPolicy } from '../replay/common/named-policies.ts';
export type { ExpectedCost, LoggedDecision, OffPolicyEstimate } from '../replay/ledger/off-policy.ts';
export { evaluateOffPolicy } from '../replay/ledger/off-policy.ts';
export type { OutcomeRow, OutcomeTable, RowProblem } from '../replay/table/outcome-table.ts';
export { outcomeTable } from '../replay/table/outcome-table.ts';
export type { ReadTableOptions, TableRead } from '../replay/table/read-table.ts';
export { readOutcomeTable } from '../replay/table/read-table.ts';
export type { FeatureReplay } from '../replay/ledger/ledger-run.ts';
export type { LedgerReplay, ReplayedLedger, ReplayLedgerOptions } from '../replay/ledger/replay-ledger.ts';
export { replayLedger } from '../replay/ledger/replay-ledger.ts';
export type {
  CurvePoint,
  ReplayedFeature,
  ReplayedPolicy,
  ReplayTableOptions,
  TableReplay,
} from '../replay/table/replay-table.ts';
export { replayTable } from '../replay/table/replay-table.ts';
export { savingsAgainst } from '../replay/ledger/savings.ts';
export type { Simulation, SimulationOptions, SimulationResult } from '../replay/worlds/simulate.ts';
export { simulate, startSimulation } from '../replay/worlds/simulate.ts';
export type { CascadeWorldOptions, ModelsWorldOptions, World, WorldModel } from '../replay/worlds/world.ts';
export { cascadeWorld, modelsWorld } from '../replay/worlds/world.ts';

/** `outcome-router/replay`: simulations, replay of outcome tables and conversations, and the cost of another policy on a ledger's intents. */
export type { ReplayedStrategy, ReplaySessionsOptions, SessionReplay } from '../conversations/replay-sessions.ts';
export { replaySessions } from '../conversations/replay-sessions.ts';
export type { TracedAnswer, TracedIntent, TracedRequest } from '../conversations/session-trace.ts';
export { readSessionTraces } from '../conversations/session-trace.ts';
export { namedPolicy, POLICY_NAMES } from '../replay/common/named-policies.ts';
export type { NamedPolicy } from '../replay/common/named-policies.ts';
export type { KnownAtDecision, LoggedDecision } from '../replay/ledger/logged-decision.ts';
export type { OffPolicyEstimate } from '../replay/ledger/off-policy.ts';
export { evaluateOffPolicy } from '../replay/ledger/off-policy.ts';
export type { OutcomeRow, OutcomeTable, RowProblem } from '../replay/table/outcome-table.ts';
export { outcomeTable } from '../replay/table/table-builder.ts';
export type { ReadTableOptions, TableRead } from '../replay/table/read-table.ts';
export { readOutcomeTable } from '../replay/table/read-table.ts';
export type { Audits } from '../replay/ledger/audit-shifts.ts';
export type { FeatureReplay } from '../replay/ledger/ledger-run.ts';
export type { LedgerReplay, ReplayLedgerOptions } from '../replay/ledger/replay-ledger.ts';
export type { ReplayedLedger } from '../replay/ledger/replayed-ledger.ts';
export type { PrefixRates } from '../core/report/standard-cost.ts';
export type { RatesAt } from '../replay/ledger/session-caches.ts';
export { replayLedger } from '../replay/ledger/replay-ledger.ts';
export type { CurvePoint, ReplayedFeature, ReplayedPolicy } from '../replay/table/replayed-policy.ts';
export type { PlanTally } from '../replay/table/plan-tally.ts';
export type { FixedTotal, Reference } from '../replay/table/table-reference.ts';
export type { ReplayTableOptions, ReplayVerdict } from '../replay/table/table-setting.ts';
export type { TableReplay } from '../replay/table/replay-table.ts';
export { replayTable } from '../replay/table/replay-table.ts';
export type { SavingsOptions } from '../replay/ledger/savings.ts';
export { savingsAgainst } from '../replay/ledger/savings.ts';
export type { Simulation, SimulationResult } from '../replay/worlds/simulate.ts';
export { simulate, startSimulation } from '../replay/worlds/simulate.ts';
export type { SimulationOptions } from '../replay/worlds/simulation-options.ts';
export type { CascadeWorldOptions } from '../replay/worlds/cascade-world.ts';
export { cascadeWorld } from '../replay/worlds/cascade-world.ts';
export type { EffortPlace } from '../core/beliefs/effort-axis.ts';
export type {
  Arrival,
  ByIntent,
  DelayedEvidence,
  ModelsWorldOptions,
  World,
  WorldModel,
  WorldReply,
} from '../replay/worlds/world.ts';
export { modelsWorld } from '../replay/worlds/world.ts';

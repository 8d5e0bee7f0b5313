/** `outcome-router/contracts`: everything needed to write a store, a policy, an observer, a wire or a price of your own. */
export type * from '../contracts/archiving.ts';
export type * from '../contracts/control-store.ts';
export type * from '../contracts/ledger-source.ts';
export type * from '../contracts/model-abilities.ts';
export type * from '../contracts/model-params.ts';
export type * from '../contracts/observer.ts';
export type * from '../contracts/policy.ts';
export {
  allPlans,
  betaMean,
  betaVariance,
  expectedRates,
  firstPlan,
  hasPlan,
  isPreference,
  modelOfNode,
  nodeOf,
  planIndexes,
  planKey,
  planOfKey,
  planRates,
  planSetOf,
  withoutPlans,
} from '../contracts/policy-helpers.ts';
export type { Preference } from '../contracts/preference-names.ts';
export { PREFERENCES } from '../contracts/preferences.ts';
export type * from '../contracts/price-config.ts';
export type * from '../contracts/price-list.ts';
export type * from '../contracts/price.ts';
export type * from '../contracts/store.ts';
export {
  addCell,
  cellKeyString,
  checkChange,
  contribution,
  decodeSums,
  encodeSums,
  foldCells,
  foldIntent,
  parseCellKey,
  toNanoUsd,
  toUsd,
} from '../contracts/store-helpers.ts';
export type * from '../contracts/wire.ts';
export type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
export type { Climb, NodeRates, PlanGraph, PlanRates } from '../core/beliefs/plan-graph.ts';
export type {
  BetaShape,
  Mixture,
  NodeComponent,
  NodePosterior,
  Posterior,
  RateMixture,
} from '../core/beliefs/posterior.ts';
export type { Cell, CellKey, CellScope, Grain, RoundedCell, RoundedSums, SumName, Sums } from '../core/cells/cell.ts';
export { BUCKET_MS } from '../core/cells/cell.ts';
export type { Grains } from '../core/cells/grains.ts';
export type { CellMap, GrowingCell, GrowingSums } from '../core/cells/sums.ts';
export type { Effort } from '../core/ledger/effort.ts';
export type { NanoUsd } from '../core/ledger/money.ts';
export type { PlanSet } from '../core/ledger/plan-set.ts';
export type { AnsweredIntent } from '../core/ledger/answered-intent.ts';
export type * from '../core/ledger/records.ts';
export type {
  BilledCall,
  Meter,
  MeterRates,
  PartialUsage,
  PricedAt,
  Provenance,
  ServedTerms,
  ServiceTier,
  Usage,
} from '../core/ledger/usage.ts';
export type * from '../core/ledger/vocabulary.ts';
export type { HeldPrefix, SessionState } from '../core/sessions/session-state.ts';
export type { Random } from '../core/math/random.ts';
export type { PlanEstimate } from '../core/report/estimate.ts';

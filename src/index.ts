/** Everything that an application imports from `outcome-router`. */
export type { FeatureHandle, IntentHandle } from './clients/feature-handle.ts';
export type { IntentInput, OutcomeInput } from './clients/intent-input.ts';
export type { RunContext, RunOptions, RunReply, RunResult } from './clients/run.ts';
export type { WrappableClient } from './clients/wrap.ts';
export type {
  BuiltInChecks,
  CheckedReply,
  ContextConfig,
  Duration,
  FeatureConfig,
  HeaderTexts,
  ModelConfig,
  NumberContext,
  PerRequest,
  SignalMeaning,
  Validator,
  ValidatorFunction,
  ValidatorResult,
} from './config/application.ts';
export type { BudgetConfig, BudgetEvent } from './config/budget-config.ts';
export type { NumbersContext } from './core/beliefs/number-model.ts';
export type { RouterConfig } from './config/router-config.ts';
export { defineConfig } from './config/define-config.ts';
export type { DriftEvent } from './core/report/drift.ts';
export type { FailureCostCheck } from './core/report/failure-cost.ts';
export type { Effort } from './core/ledger/effort.ts';
export type { Explanation, PlanExplanation } from './core/report/explanation.ts';
export type { Figure } from './core/math/interval.ts';
export type {
  AttemptedRecord,
  CorrectedRecord,
  DecidedRecord,
  Intent,
  LedgerRecord,
  LabelledRecord,
} from './core/ledger/records.ts';
export type { FeatureReport } from './core/report/feature-report.ts';
export type { PlanReport } from './core/report/plan-report.ts';
export type { SessionPart } from './core/report/session-part.ts';
export type { RouterReport } from './core/report/router-report.ts';
export type { TrendDifference, FeatureTrend, Trend } from './core/report/trend.ts';
export type { Meter, Provenance, ServiceTier, Usage } from './core/ledger/usage.ts';
export type {
  Attempt,
  AttemptKind,
  AttemptStatus,
  Decision,
  Evidence,
  EvidenceSource,
  NodeKey,
  Outcome,
  OutcomeState,
  Plan,
  PlanKey,
  Verdict,
} from './core/ledger/vocabulary.ts';
export type { Receipt } from './engine/state/receipts.ts';
export type { RouterErrorCode, RouterErrorDetails } from './errors.ts';
export { RouterError } from './errors.ts';
export type { Fault, Observer } from './contracts/observer.ts';
export type { Allocation, FeatureView, Objective, Policy } from './contracts/policy.ts';
export type { ThompsonOptions } from './policies/thompson.ts';
export { thompson } from './policies/thompson.ts';
export type { ModelParams } from './contracts/model-params.ts';
export type { PriceConfig } from './contracts/price-config.ts';
export type { PriceList } from './contracts/price-list.ts';
export type { Router } from './router.ts';
export { createRouter } from './router.ts';
export type { Store } from './contracts/store.ts';
export type { Wire } from './contracts/wire.ts';

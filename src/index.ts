/** Everything that an application imports from `outcome-router`. */
export type { FeatureHandle, IntentHandle } from './clients/feature-handle.ts';
export type { ContextOf, IntentInput, OutcomeInput, RecordedOutcome } from './clients/intent-input.ts';
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
  SignalValue,
  Validator,
  ValidatorFunction,
  ValidatorResult,
} from './config/application.ts';
export type { BudgetConfig, BudgetEvent } from './config/budget-config.ts';
export type { NumbersContext } from './core/beliefs/number-model.ts';
export type { FeatureConfigs, FeatureShapes, ModelConfigs, RouterConfig } from './config/router-config.ts';
export { defineConfig } from './config/define-config.ts';
export type { DriftEvent, RateDrift, VersionDrift } from './core/report/drift.ts';
export type { FailureCostCheck } from './core/report/failure-cost.ts';
export type { Effort } from './core/ledger/effort.ts';
export type { Explanation, NodeBelief, PlanExplanation } from './core/report/explanation.ts';
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
export type { FeatureCost, PossibleSaving, RouterReport } from './core/report/router-report.ts';
export type { RouterReportOptions } from './analysis/report-options.ts';
export type { SessionAccount, SessionModelCost, SessionStep } from './analysis/session-account.ts';
export type { RereadCause, SessionCacheCost } from './core/report/session-cache-cost.ts';
export type { FailureCostChange, PlanDecision } from './core/report/decision.ts';
export type { FailureCostPart, FailureCosts } from './core/report/failure-costs.ts';
export type { DecisionPlan } from './core/report/plan-lines.ts';
export type { PreferredPart } from './core/report/preferred-by-failure-cost.ts';
export type { ExpectedFigures } from './core/report/explain-figures.ts';
export type { ControlNote } from './engine/state/controls.ts';
export type { AuditSummary } from './core/report/audit-summary.ts';
export type { CandidateFacts } from './core/report/feature-facts.ts';
export type { Forecast } from './core/report/forecast.ts';
export type { History, HistoryStep } from './core/report/history.ts';
export type { Precision } from './core/report/precision.ts';
export type { UnlabelledCost, UnlabelledCosts } from './core/report/unlabelled-cost.ts';
export type { RepricedModel } from './core/report/repriced.ts';
export type { ServedByOther } from './core/report/served-by-others.ts';
export type { Period } from './core/cells/period.ts';
export type { TurnsGroup, TurnsReport } from './core/report/turns.ts';
export type { CacheTerms } from './contracts/cache-terms.ts';
export type { DecidedPolicy } from './core/report/decided-policy.ts';
export type { EstimateState } from './core/report/estimate.ts';
export type { CostLine, TotalCost } from './core/report/total-cost.ts';
export type { FeatureSaving, Savings } from './core/report/savings.ts';
export type { Fetch } from './clients/http-request.ts';
export type { Api } from './translate/neutral/conversation.ts';
export type { Finding } from './translate/neutral/translator.ts';
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
export type { FigureLimits, LimitState } from './core/report/limit-check.ts';
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
export type { Router } from './router-type.ts';
export { createRouter } from './create-router.ts';
export type { Store } from './contracts/store.ts';
export type { Wire } from './contracts/wire.ts';

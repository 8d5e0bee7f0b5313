/** The JSON between the dashboard's server and its page. A figure that is unknown or unbounded is `null`. */
import type { Attention } from '../core/report/attention.ts';
import type { DriftEvent } from '../core/report/drift.ts';
import type { SumsFigures } from '../core/report/sums-figures.ts';
import type { FeatureVerdict } from '../core/report/verdict.ts';
import type { Explanation } from '../core/report/explanation.ts';
import type { Figure } from '../core/math/interval.ts';
import type { FeatureReport } from '../core/report/feature-report.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import type { ShownPeriod } from '../core/report/shown-period.ts';
import type { FeatureTrend } from '../core/report/trend.ts';
import type { Attempt, Decision, Evidence, Outcome, PlanKey } from '../core/ledger/vocabulary.ts';
import type { FeatureSaving } from '../core/report/savings.ts';
import type { AuditItem, AuditSample } from '../analysis/audit.ts';
import type { IntentSummary } from '../analysis/intent-summary.ts';
import type { BillMeter } from '../contracts/price.ts';
import type { Control } from '../contracts/control-store.ts';

/** The controls that operators have set, latest first. */
export interface ControlsMessage {
  readonly set: readonly Control[];
  /** One error for each control that cannot be read. */
  readonly damaged: readonly string[];
}

/** The reader's rights, and how to restart the server when it has ended. */
export interface SessionMessage {
  /** Whether the reader's role may label intents in an audit. */
  readonly canLabel: boolean;
  /** Whether the reader's role may switch models off, and pin and hold out plans. */
  readonly canControl: boolean;
  /** The command that starts the dashboard; absent where an application serves it. */
  readonly command?: string;
}

/** The period of a page's figures. Beliefs and current choices are of the present, whatever the period. */
export interface PeriodMessage {
  readonly shown: ShownPeriod;
  /** The time of the request: the end of a period that has no end. */
  readonly nowMs: number;
}

/** A feature's row of the overview, without the details that only its own page shows. */
export interface OverviewFeature extends Omit<FeatureReport, 'history' | 'drift' | 'plans' | 'turns'> {
  readonly verdict: FeatureVerdict;
  /** Compared with the period before; absent where none is compared. */
  readonly trend?: FeatureTrend;
  /** `null` in a step without an outcome. */
  readonly steps: readonly {
    readonly fromMs: number;
    readonly costPerSuccessUsd: number | null;
    readonly success: number | null;
  }[];
}

export interface OverviewStep {
  readonly fromMs: number;
  readonly intents: number;
  readonly labelled: number;
  readonly success: Figure;
  readonly costPerSuccessUsd: Figure;
  readonly spendUsd: number;
  readonly failureUsd: number;
}

/** Figures of all features together. */
export interface TotalMessage {
  readonly now: SumsFigures;
  readonly before?: SumsFigures;
  /** Length of the time that `before` covers. */
  readonly beforeMs?: number;
  readonly trend?: FeatureTrend;
}

export interface OverviewMessage extends Omit<RouterReport, 'features' | 'period' | 'trend'>, PeriodMessage {
  /** What changed, in one sentence for all features. */
  readonly verdict: string;
  /** Urgent alerts first, then the latest first. */
  readonly attention: readonly Attention[];
  /** Whether a running router was asked for open circuits and budgets: the ledger does not know them. */
  readonly isRouterKnown: boolean;
  readonly total: TotalMessage;
  readonly steps: readonly OverviewStep[];
  readonly features: readonly OverviewFeature[];
  readonly controls: ControlsMessage;
}

export interface FeatureMessage extends PeriodMessage {
  /** The feature has intents, and none of them ever had an outcome. */
  readonly isNeverLabelled: boolean;
  readonly report: FeatureReport;
  readonly trend?: FeatureTrend;
  readonly verdict: FeatureVerdict;
  /** Changes in the period, in order of time. */
  readonly changes: readonly DriftEvent[];
  readonly attention: readonly Attention[];
  /** Controls of the feature and of its models. */
  readonly controls: ControlsMessage;
  /** One per segment; the first is for intents without declared context. */
  readonly explanations: readonly Explanation[];
}

/** What routing saved against always choosing one plan. */
export interface SavingMessage {
  /** Plans that it can be compared with. */
  readonly plans: readonly PlanKey[];
  /** Number of the latest intents of the period that were examined; `isAll`: the period has no others. */
  readonly intents: number;
  readonly isAll: boolean;
  /** The plan for which some of the intents were held out, and their number. */
  readonly held?: { readonly plan: PlanKey; readonly intents: number };
  /** The application's own model, while the feature is only observed. */
  readonly observes?: string;
  /** The plan for the comparison, and the estimate or the reason why there is none; absent if there is nothing to compare. */
  readonly baseline?: PlanKey;
  readonly saving?: FeatureSaving;
}

/** A page of a list of intents, the latest decision first. */
export interface IntentListMessage {
  readonly intents: readonly IntentSummary[];
  /** The position at which the list continues, as text for the query; absent at its end. */
  readonly next?: string;
  /**
   * The search reached its time limit before the page was full: all intents back to this time, milliseconds since the epoch, were
   * searched.
   */
  readonly searchedToMs?: number;
}

/** The values that a filter of intents can have. */
export interface IntentChoicesMessage {
  readonly features: readonly string[];
  readonly models: readonly string[];
  /** Versions that have answered, the latest first. */
  readonly versions: readonly string[];
}

export interface EvidenceMessage extends Evidence {
  readonly atMs: number;
}

/** An intent's receipt, with every attempt. Amounts in text are exact decimal USD. */
export interface IntentMessage {
  readonly id: string;
  readonly feature: string;
  readonly decidedAtMs: number;
  readonly session?: string;
  readonly promptVersion?: string;
  readonly segment: string;
  readonly decision: Decision;
  /** Version of every candidate by its configured name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Expected cost of a failure of this intent. */
  readonly failureCostUsd: string;
  readonly spendUsd: string;
  /** Actual cost of the intent's failure; 0 unless it failed. */
  readonly failureUsd: string;
  readonly totalUsd: string;
  readonly attempts: readonly Attempt[];
  /** In the order in which the evidence came. */
  readonly evidence: readonly EvidenceMessage[];
  readonly outcome: Outcome;
  /** The intent's page in the application's own system. */
  readonly link?: string;
  /** The intent's traces. */
  readonly traceLink?: string;
}

/** A field that is absent keeps its current value. */
export interface WhatIfQuestion {
  readonly feature: string;
  readonly segment: string;
  readonly failureCostUsd?: number;
  readonly minSuccessRate?: number;
  /** Mean model spend per intent that the budget allows. */
  readonly budgetPerIntentUsd?: number;
}

export interface WhatIfAnswer {
  readonly now: Explanation;
  readonly scenario: Explanation;
}

export interface PriceMessage {
  readonly model: string;
  readonly visits: number;
  /** Measured mean spend of one intent at this model at its latest price, without retries and judges, USD. */
  readonly perVisitUsd: Figure;
  /** Exact decimal USD. */
  readonly spendUsd: string;
  /** Versions seen (provider model, price and prompt), latest last. */
  readonly versions: readonly { readonly version: string; readonly firstSeenMs: number; readonly visits: number }[];
  /** Rates of the provider model in the price book, USD per million tokens; absent where the book has none. */
  readonly book?: { readonly source: string; readonly rates: readonly BookRate[] };
}

export interface BookRate {
  readonly meter: BillMeter;
  readonly usdPerMillion: number;
}

export interface AuditMessage extends Omit<AuditSample, 'unlabelled'> {
  readonly unlabelled: readonly (AuditItem & { readonly link?: string; readonly text?: string })[];
  /** Whether the reader's role may label. */
  readonly canLabel: boolean;
}

/** The last comparison of the bill with the ledger. Amounts are exact decimal USD. */
export interface ReconciliationMessage {
  readonly atMs: number;
  readonly billedUsd: string;
  readonly ledgerUsd: string;
  /** Bill − ledger. */
  readonly differenceUsd: string;
  readonly groups: readonly {
    readonly title: string;
    readonly items: number;
    readonly billedUsd: string;
    readonly ledgerUsd: string;
  }[];
  /** The parts of the difference; parts that are not expected need an explanation. */
  readonly parts: readonly {
    readonly title: string;
    readonly items: number;
    readonly usd: string;
    readonly isExpected: boolean;
  }[];
}

/** `null` withdraws the label. */
export interface LabelRequest {
  readonly intentId: string;
  readonly success: boolean | null;
}

/** What an operator sets from the page of a feature, for every process on the ledger. */
export interface ControlRequest extends Pick<Control, 'kind' | 'subject' | 'isSet' | 'plan' | 'fraction'> {
  readonly feature: string;
  readonly why?: string;
}

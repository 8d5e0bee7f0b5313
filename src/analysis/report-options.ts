/** The options of a report. */
import type { Cell } from '../core/cells/cell.ts';
import type { Period } from '../core/cells/period.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { FeatureFacts } from '../core/report/feature-facts.ts';
import type { Allocation, FeatureView } from '../contracts/policy.ts';
import type { RoutedNow } from './routed-now.ts';

/** Options of a running router's own report. */
export interface RouterReportOptions {
  /** Only these features; default: all features with statistics. */
  readonly features?: readonly string[];
  /** Only intents decided in this period. */
  readonly period?: Period;
  /** Adds a trend: compares `period`, which then needs a `fromMs`, with this many milliseconds just before it. */
  readonly againstMs?: number;
  /**
   * Adds the savings compared with always choosing this plan: a model's name, or the names of a plan joined by `>`. Default: the model of
   * the features' `holdout`, where they have one; the estimate reads the records of the period.
   */
  readonly baseline?: PlanKey;
  /** Called every few thousand records that the estimate of the savings reads, with their number so far. */
  readonly progress?: (records: number) => void;
  /**
   * Keep the features' `drift` and `history` empty, and leave out `decision` and the savings against a holdout, which take longest to
   * compute.
   */
  readonly brief?: boolean;
  /** Half-width of the interval that each feature's `precision` refers to, USD. */
  readonly halfWidthUsd?: number;
}

export interface ReportOptions extends RouterReportOptions {
  readonly nowMs: number;
  /** The feature's configuration; default: inferred from its last decisions. */
  readonly facts?: (feature: string) => ReportedFacts | undefined;
}

/** A feature's configuration, and what a running router knows of its next choice. */
export interface ReportedFacts extends FeatureFacts {
  readonly configuredAtMs?: number;
  /** What the router has learned of all intents together, whatever their segment; the cells are those of the feature. */
  readonly learned?: (cells: readonly Cell[]) => LearnedSegment;
  /** What the policy would do with the next intent. */
  readonly allocation?: (
    view: Pick<FeatureView, 'learned' | 'eligible' | 'failureCostUsd' | 'nowMs' | 'costMultiplier' | 'extraUsd'>,
  ) => Allocation | undefined;
  /** What limits the next choice, given what was learned of all the feature's intents. */
  readonly routedNow?: (learned: LearnedSegment) => RoutedNow;
}

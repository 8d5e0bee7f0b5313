/** The result of `replay` as text, and as the report of its HTML page. */
import type { Period } from '../../core/cells/period.ts';
import {
  auditedNote,
  notEligibleNote,
  otherCachesNote,
  tooRecentNote,
  withoutOutcomeNote,
} from '../../core/report/not-eligible.ts';
import { printSaving, SAVINGS_SOURCE } from '../../core/report/savings-words.ts';
import {
  formatCount,
  formatFigure,
  formatIntents,
  formatPercent,
  formatPeriod,
  formatUsd,
} from '../../core/report/wording.ts';
import type { OfflinePolicy, OfflineReport } from '../../exports/html/offline-report.ts';
import type { FeatureReplay } from '../../replay/ledger/ledger-run.ts';
import type { LedgerReplay } from '../../replay/ledger/replay-ledger.ts';
import type { ResultSource } from '../io/result-source.ts';
import { sourceFacts } from '../io/result-source.ts';
import { left, renderTable, right } from './table.ts';

/** The JSON that the command prints. */
export interface ReplayResult extends ResultSource {
  readonly ledger: string;
  readonly period?: Period;
  /** The cost of every failure, in place of the recorded failure costs. */
  readonly failureCostUsd?: number;
  readonly replays: readonly LedgerReplay[];
}

export function renderReplay(result: ReplayResult): string {
  const rows: string[][] = [];
  const refusals: string[] = [];
  for (const { policy, features } of result.replays) {
    for (const [feature, { estimate }] of Object.entries(features)) {
      if (estimate.kind === 'refused') {
        rows.push([policy, feature, 'no estimate', '', '', '', formatCount(estimate.effectiveIntents)]);
        refusals.push(`${policy} on ${feature}: ${estimate.reason}`);
        continue;
      }
      const { other, logged, difference } = printSaving({
        other: estimate.costPerIntentUsd,
        logged: estimate.loggedCostPerIntentUsd,
        difference: estimate.savedPerIntentUsd,
      });
      rows.push([
        policy,
        feature,
        other,
        logged,
        difference,
        formatFigure(estimate.successRate, formatPercent),
        formatCount(estimate.effectiveIntents),
      ]);
    }
  }
  const table = renderTable(
    [
      left('Policy'),
      left('Feature'),
      right('Cost per intent (95 %)'),
      right('In the ledger'),
      right('Saved per intent (95 %)'),
      right('Success (95 %)'),
      right('Effective intents'),
    ],
    rows,
  );
  const totals = result.replays.flatMap(({ policy, total }) =>
    total === undefined
      ? []
      : [`${policy} would have saved ${formatFigure(total.savedUsd, formatUsd)} on ${formatIntents(total.intents)}.`],
  );
  return [table, EFFECTIVE, ...totals, ...notes(result), ...refusals.map(text => `No estimate for ${text}.`)].join(
    '\n',
  );
}

const EFFECTIVE =
  'Effective intents: from about this many choices of its own, the policy would know its costs as well.\n' +
  `${SAVINGS_SOURCE}.`;

export function replayReport(result: ReplayResult): OfflineReport {
  const names = new Set(result.replays.flatMap(({ features }) => Object.keys(features)));
  return {
    title: 'What another policy would have cost',
    facts: factsOf(result),
    summary: [`${SAVINGS_SOURCE}. Where the ledger does not allow an estimate, the reason is given.`, ...notes(result)],
    remarkTitle: 'saved per intent',
    policies: [
      ...result.replays.flatMap(({ policy, features }) =>
        Object.entries(features).map(([feature, replay]) => ({ ...policyRow(policy, replay), feature })),
      ),
      ...[...names].flatMap(feature => ledgerRow(feature, result.replays)),
    ],
    features: [...names].map(feature => ({
      feature,
      policies: result.replays.flatMap(({ policy, features }) => {
        const estimate = features[feature]?.estimate;
        if (estimate?.kind !== 'estimate') return [];
        return [{ policy, intents: estimate.effectiveIntents, costPerSuccessUsd: estimate.costPerSuccessUsd }];
      }),
    })),
  };
}

function factsOf(result: ReplayResult): NonNullable<OfflineReport['facts']> {
  const { ledger, period, failureCostUsd } = result;
  return [
    ['Ledger', ledger],
    ['Period', period === undefined ? 'all intents' : formatPeriod(period)],
    ...sourceFacts(result),
    ['Failure cost', failureCostUsd === undefined ? 'as each intent recorded it' : `${formatUsd(failureCostUsd)} each`],
  ];
}

/** The ledger's own choices, from the estimate that covers the most intents of the feature. */
function ledgerRow(feature: string, replays: readonly LedgerReplay[]): readonly OfflinePolicy[] {
  const [widest] = replays
    .flatMap(({ features }) => {
      const estimate = features[feature]?.estimate;
      return estimate?.kind === 'estimate' ? [estimate] : [];
    })
    .sort((a, b) => b.intents - a.intents);
  if (widest === undefined) return [];
  const { loggedSuccessRate: successRate, loggedCostPerIntentUsd: costPerIntentUsd } = widest;
  return [
    {
      name: 'in the ledger',
      feature,
      spendPerIntentUsd: widest.loggedSpendPerIntentUsd,
      successRate,
      costPerIntentUsd,
      costPerSuccessUsd: costPerIntentUsd / successRate,
    },
  ];
}

function policyRow(name: string, { estimate }: FeatureReplay): OfflinePolicy {
  if (estimate.kind === 'refused') {
    const unknown = Number.NaN;
    return {
      name,
      spendPerIntentUsd: unknown,
      successRate: unknown,
      costPerIntentUsd: unknown,
      costPerSuccessUsd: unknown,
      refusal: estimate.reason,
    };
  }
  return {
    name,
    spendPerIntentUsd: estimate.spendPerIntentUsd.value,
    successRate: estimate.successRate.value,
    costPerIntentUsd: estimate.costPerIntentUsd.value,
    costPerSuccessUsd: estimate.costPerSuccessUsd.value,
    remark: formatFigure(estimate.savedPerIntentUsd, formatUsd),
  };
}

/**
 * Notes on intents that are left out: without an outcome, or, per policy, because its plan was not eligible; and on intents of
 * sessions that would have found another cache state.
 */
function notes({ replays }: ReplayResult): readonly string[] {
  const all = Object.assign({}, ...replays.map(({ features }) => features)) as LedgerReplay['features'];
  const leftOut = [withoutOutcomeNote, tooRecentNote, auditedNote].flatMap(noteOf =>
    Object.entries(all).flatMap(([feature, replay]) => {
      const note = noteOf(replay);
      return note === undefined ? [] : [`${feature}: ${note}`];
    }),
  );
  const ofPolicies = replays.flatMap(({ policy, features }) =>
    Object.entries(features).flatMap(([feature, replay]) => {
      if (replay.estimate.kind !== 'estimate') return [];
      const notEligible = notEligibleNote(policy, replay);
      const otherCaches = otherCachesNote(replay);
      return [
        ...(notEligible === undefined ? [] : [`${feature}: ${notEligible}`]),
        ...(otherCaches === undefined ? [] : [`${policy} on ${feature}: ${otherCaches}`]),
      ];
    }),
  );
  return [...leftOut, ...ofPolicies];
}

/** Writes intents from another product's logs as ledger records, or as rows of an outcome table. */
import { commitOne } from '../../contracts/commit-on-latest.ts';
import type { Store } from '../../contracts/store.ts';
import { versionOf } from '../../core/cells/version-parts.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import { isStorable, MAX_ID_LENGTH, MAX_NAME_LENGTH, MAX_NOTE_LENGTH } from '../../core/ledger/names.ts';
import { toNanoUsd } from '../../core/ledger/money.ts';
import type { DecidedRecord, LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { LoggedCall } from './log-entry.ts';
import type { LoggedHistory, HistoryIntent } from './read-history.ts';

export interface HistoryOptions {
  /** Feature of intents whose rows name no feature. */
  readonly feature: string;
  /** The name that the provider's model has in the configuration. */
  readonly modelName: (providerModel: string) => string;
  /** The score that decides whether an intent succeeded, and the lowest value of a success. */
  readonly success?: { readonly score: string; readonly from: number } | undefined;
  /** What one failed intent of a feature costs. Without it, 0: plans are then compared by what a success costs. */
  readonly failureCostUsdOf?: ((feature: string) => number | undefined) | undefined;
  /**
   * `randomly`: which model answered did not depend on the request, so that each of a feature's intents had the same probability of a
   * model, the fraction that it got. Without it the logs do not say why a model was chosen, and nothing is estimated from that choice.
   */
  readonly assigned?: 'randomly' | undefined;
  /** USD of an attempt whose log has tokens but no cost; `undefined` without a price. */
  readonly priceUsd: (attempt: Attempt) => number | undefined;
}

/** An intent that can be used. */
export interface UsableIntent {
  readonly id: string;
  readonly feature: string;
  readonly model: string;
  readonly calls: readonly LoggedCall[];
  readonly about: HistoryIntent['about'];
  readonly attempts: readonly Attempt[];
  readonly success: number | undefined;
}

/** The intents that can be used, and why the others cannot be used. */
export function usableIntents(
  { intents }: LoggedHistory,
  options: HistoryOptions,
): { readonly usable: readonly UsableIntent[]; readonly leftOut: ReadonlyMap<string, number> } {
  const leftOut = new Map<string, number>();
  const usable = intents.flatMap(intent => {
    const read = usableIntent(intent, options);
    if (typeof read !== 'string') return [read];
    leftOut.set(read, (leftOut.get(read) ?? 0) + 1);
    return [];
  });
  return { usable, leftOut };
}

function usableIntent({ id, calls, about, scores }: HistoryIntent, options: HistoryOptions): UsableIntent | string {
  const models = new Set(calls.map(call => asName(options.modelName(call.model))));
  const [model = '', ...others] = models;
  if (others.length > 0) return 'several models answered one intent';
  const attempts = calls.map((call, i) => attemptOf(call, { model, turn: i + 1 }));
  const priced: Attempt[] = [];
  for (const [i, attempt] of attempts.entries()) {
    const call = calls[i] as LoggedCall;
    const usd = call.costUsd ?? (call.isError && call.input === undefined ? 0 : options.priceUsd(attempt));
    if (usd === undefined) return `no cost, and no price of "${call.model}" for its tokens`;
    if (Number.isNaN(usd)) return 'a cost that is not a number';
    if (usd < 0) return 'a cost below 0';
    priced.push({ ...attempt, costNanoUsd: toNanoUsd(usd) });
  }
  const score = options.success === undefined ? undefined : scores.get(options.success.score);
  return {
    id: asId(id),
    feature: asName(about.feature ?? options.feature),
    model,
    calls,
    about,
    attempts: priced,
    success: score,
  };
}

function attemptOf(call: LoggedCall, { model, turn }: { readonly model: string; readonly turn: number }): Attempt {
  const { input, cacheRead, cacheWrite, output } = call;
  const count = (value: number | undefined): number => Math.max(0, Math.round(value ?? 0));
  return {
    kind: 'first',
    requestId: asId(call.id),
    turn,
    model,
    node: model,
    providerModel: call.model,
    startedAtMs: call.atMs,
    latencyMs: call.latencyMs,
    status: call.isError ? 'provider-fault' : 'ok',
    usage: {
      ...(count(input) === 0 ? {} : { input: count(input) }),
      ...(count(cacheRead) === 0 ? {} : { cacheRead: count(cacheRead) }),
      // Logs do not state the lifetime of a cache write: five minutes is the providers' default.
      ...(count(cacheWrite) === 0 ? {} : { cacheWrite5m: count(cacheWrite) }),
      ...(count(output) === 0 ? {} : { output: count(output) }),
    },
    costNanoUsd: 0,
    provenance: 'reported',
  };
}

/** Models of each feature, with the number of intents of each. */
function modelsByFeature(usable: readonly UsableIntent[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const features = new Map<string, Map<string, number>>();
  for (const { feature, model } of usable) {
    let models = features.get(feature);
    if (models === undefined) features.set(feature, (models = new Map()));
    models.set(model, (models.get(model) ?? 0) + 1);
  }
  return features;
}

/** Commits the intents to an empty store. @throws RouterError `store-unusable` where the store has a ledger */
export async function importHistory(
  store: Store,
  usable: readonly UsableIntent[],
  options: HistoryOptions & { readonly progress?: (intents: number) => void },
): Promise<void> {
  if ((await store.features()).length > 0)
    throw new RouterError('store-unusable', 'the store already has a ledger', { accepted: 'an empty store' });
  const features = modelsByFeature(usable);
  for (const [i, intent] of usable.entries()) {
    const records = recordsOf(intent, features.get(intent.feature) ?? new Map(), options);
    const folded = foldIntent(records);
    if (folded === undefined) continue;
    const { id: intentId, feature } = intent;
    const delta = contributionDelta(undefined, folded);
    const answer = await commitOne(store, { intentId, feature, expectedRevision: 0, records, delta, dueAtMs: null });
    if (answer.kind === 'refused') throw answer.error;
    if (answer.kind !== 'committed')
      throw new RouterError('invalid-data', `two intents have the id "${intentId}"`, { path: 'id' });
    options.progress?.(i + 1);
  }
}

function recordsOf(
  { id, feature, model, about, attempts, success }: UsableIntent,
  models: ReadonlyMap<string, number>,
  { success: rule, failureCostUsdOf, assigned }: HistoryOptions,
): readonly LedgerRecord[] {
  const fact = (revision: number, atMs: number) => ({ intentId: id, revision, feature, atMs });
  const first = attempts[0] as Attempt;
  const last = attempts.at(-1) as Attempt;
  const total = [...models.values()].reduce((sum, n) => sum + n, 0);
  const { session, promptVersion, segment = '' } = about;
  const prompt = promptVersion?.replace(/\s+/g, '-').slice(0, MAX_NOTE_LENGTH);
  const decided: DecidedRecord = {
    ...fact(0, first.startedAtMs),
    kind: 'decided',
    ...(session === undefined || !isStorable(session, MAX_ID_LENGTH) ? {} : { session }),
    segment,
    decision: {
      plan: [model],
      propensity: assigned === 'randomly' ? (models.get(model) ?? 0) / total : 1,
      eligible: assigned === 'randomly' ? [...models.keys()].sort() : [model],
      policy: 'imported',
      reason:
        assigned === 'randomly' ? 'taken as random: its fraction of the feature' : 'why it was chosen is not known',
    },
    failureCostNanoUsd: toNanoUsd(failureCostUsdOf?.(feature) ?? 0),
    // The price is not known. The model's settings decide for which later intents these outcomes count.
    versions: {
      [model]: versionOf(first.providerModel, {
        priceId: 'imported',
        typicalUsd: 0,
        ...(prompt === undefined || prompt === '' ? {} : { prompt }),
      }),
    },
    ...(prompt === undefined || prompt === '' ? {} : { promptVersion: prompt }),
  };
  const endMs = last.startedAtMs + last.latencyMs;
  const label = success === undefined || rule === undefined ? undefined : success >= rule.from;
  return [
    decided,
    ...attempts.map((attempt, i) => ({
      ...fact(i + 1, attempt.startedAtMs + attempt.latencyMs),
      kind: 'attempted' as const,
      attempt,
    })),
    ...(label === undefined
      ? []
      : [
          {
            ...fact(attempts.length + 1, endMs),
            kind: 'labelled' as const,
            evidence: { source: 'explicit' as const, success: label },
          },
        ]),
  ];
}

/** One row of an outcome table for each intent with a score from 0 to 1. */
export const TABLE_COLUMNS = ['id', 'feature', 'model', 'success', 'cost_usd', 'at', 'context'] as const;

export function tableRows(
  usable: readonly UsableIntent[],
  { success: rule }: Pick<HistoryOptions, 'success'>,
): readonly Readonly<Record<(typeof TABLE_COLUMNS)[number], string>>[] {
  return usable.flatMap(({ id, feature, model, attempts, success, about }) => {
    if (success === undefined || rule === undefined) return [];
    const cost = attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0) / 1e9;
    const value = success >= 0 && success <= 1 ? success : Number(success >= rule.from);
    const at = new Date(attempts[0]?.startedAtMs ?? 0).toISOString();
    const row = {
      id,
      feature,
      model,
      success: String(value),
      cost_usd: String(cost),
      at,
      context: about.segment ?? '',
    };
    return [row];
  });
}

/** A valid name: other products allow characters that have a special meaning here. */
function asName(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}#~>!@\s:]+/gu, '-').slice(0, MAX_NAME_LENGTH) || 'unnamed';
}

function asId(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}#~@\s]+/gu, '-').slice(0, MAX_ID_LENGTH) || 'unnamed';
}

/** Random but plausible intents for the store tests: several turns, retries, climbs, outcomes, corrections. */
import fc from 'fast-check';
import { commitOne } from '../../src/contracts/commit-on-latest.ts';
import { AnsweredIntent } from '../../src/core/ledger/answered-intent.ts';
import type { DecidedRecord, Intent, LedgerRecord } from '../../src/core/ledger/records.ts';
import { appendRecord, foldIntent } from '../../src/core/ledger/records.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { cellKeyString } from '../../src/core/cells/cell.ts';
import { contribution, contributionDelta } from '../../src/core/cells/contribution.ts';
import type { CellMap } from '../../src/core/cells/sums.ts';
import { addCell } from '../../src/core/cells/sums.ts';
import type { Attempt, Evidence } from '../../src/core/ledger/vocabulary.ts';
import type { Change, Store } from '../../src/contracts/store.ts';

/** Omit that keeps a union a union. */
type Body = LedgerRecord extends infer R
  ? R extends LedgerRecord
    ? Omit<R, 'intentId' | 'revision' | 'feature'>
    : never
  : never;

export interface History {
  readonly intentId: string;
  readonly feature: string;
  readonly records: readonly LedgerRecord[];
}

export const HOUR = 3_600_000;
export const NOON = Date.UTC(2026, 10, 20, 12);

export function history(intentId: string, feature: string, bodies: readonly Body[]): History {
  const records: readonly LedgerRecord[] = bodies.map((body, revision) => ({ ...body, intentId, feature, revision }));
  return { intentId, feature, records };
}

export function decided(
  atMs: number,
  plan: readonly string[] = ['mini', 'premium'],
  segment = '',
): Extract<Body, { kind: 'decided' }> {
  return {
    kind: 'decided',
    atMs,
    segment,
    decision: { plan, propensity: 0.5, eligible: [plan.join('>')], policy: 'fixed', reason: 'test' },
    failureCostNanoUsd: 15_000_000_000,
    versions: { mini: 'mini@1', premium: 'premium@1' },
  };
}

export function attempted(atMs: number, attempt: Partial<Attempt> = {}): Body {
  return {
    kind: 'attempted',
    atMs,
    attempt: {
      kind: 'first',
      requestId: 'request-1',
      turn: 1,
      model: 'mini',
      node: 'mini',
      providerModel: 'gpt-5-mini',
      startedAtMs: atMs - 100,
      latencyMs: 100,
      status: 'ok',
      usage: { input: 1000, output: 200 },
      costNanoUsd: 650_000,
      provenance: 'reported',
      ...attempt,
    },
  };
}

export function evidence(atMs: number, given: Evidence, kind: 'labelled' | 'corrected' = 'labelled'): Body {
  return { kind, atMs, evidence: given };
}

/** The intent's changes, one record each, with their deltas. */
export function changesOf({ intentId, feature, records }: History): readonly Change[] {
  let intent: Intent | undefined;
  return records.map(record => {
    const before = intent;
    intent = appendRecord(before, record);
    return {
      intentId,
      feature,
      expectedRevision: record.revision,
      records: [record],
      delta: contributionDelta(before, intent),
      dueAtMs: null,
    };
  });
}

export async function commitAll(store: Store, histories: readonly History[]): Promise<void> {
  for (const one of histories) for (const change of changesOf(one)) await commit(store, change);
}

/** @throws Error unless the store commits the change */
export async function commit(store: Pick<Store, 'name' | 'commitAll'>, change: Change): Promise<void> {
  const answer = await commitOne(store, change);
  if (answer.kind === 'refused') throw answer.error;
  if (answer.kind !== 'committed') throw new Error(`${change.intentId}: ${answer.kind}`);
}

/** An intent with an attempt and its outcome, and so with cells. */
export function anIntent(id: string, feature = 'support', atMs = NOON): History {
  return history(id, feature, bodies(atMs));
}

export function bodies(atMs: number) {
  return [
    decided(atMs),
    attempted(atMs + 1000, { costNanoUsd: 1_234_567 }),
    evidence(atMs + 2000, { source: 'explicit', success: false, escalated: true }),
  ] as const;
}

/** One change of the history, by revision. */
export function changeOf(one: History, revision = 0): Change {
  return must(changesOf(one)[revision]);
}

/** Σ contribution over intents, added here and not by a store. */
export function independentSum(list: readonly History[], feature: string): readonly Cell[] {
  const total: CellMap = new Map();
  for (const one of list) {
    if (one.feature !== feature) continue;
    for (const cell of contribution(must(foldIntent(one.records)))) addCell(total, cell);
  }
  return [...total.values()];
}

export function sorted(cells: readonly Cell[]): readonly Cell[] {
  return [...cells].sort((a, b) => (cellKeyString(a.key) < cellKeyString(b.key) ? -1 : 1));
}

export function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the test expected a value');
  return value;
}

/** How a call was served, by which models, and what of it has no price. */
const SERVED: readonly Partial<Attempt>[] = [
  {},
  {},
  { tier: 'ultrafast', speed: 'fast', region: 'us', unpriced: ['tier "ultrafast"', 'usage.video_tokens'] },
  { servedBy: 'gpt-5-pro', unpriced: ['model "gpt-5-pro"'] },
  {
    servedBy: 'a name\twith a tab',
    usage: { input: 30, output: 20, imageGenOutput: 7, request: 1 },
    calls: [
      { usage: { input: 20, request: 1 } },
      { model: 'gpt-5-mini', usage: { input: 10, output: 20, imageGenOutput: 7 } },
    ],
  },
];

const anAttempt = fc.record({
  kind: fc.constantFrom('first', 'retry', 'escalation', 'judge'),
  requestId: fc.constantFrom('request-1', 'request-2'),
  turn: fc.integer({ min: 1, max: 3 }),
  node: fc.constantFrom('mini', 'mini>premium', 'premium', 'mini!premium'),
  status: fc.constantFrom('ok', 'provider-fault', 'timeout', 'aborted'),
  costNanoUsd: fc.oneof(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 0, max: 9_000_000_000_000 })),
  provenance: fc.constantFrom('reported', 'estimated'),
  served: fc.constantFrom(...SERVED),
  prefixPart: fc.constantFrom(0, 0.5),
  verdict: fc.option(fc.record({ accepted: fc.boolean(), by: fc.constant('schema') }), { nil: undefined }),
} as const);

const anEvidence = fc.record({
  source: fc.constantFrom('silence', 'implicit', 'explicit', 'audit'),
  success: fc.constantFrom(true, false, null),
  escalated: fc.boolean(),
  costNanoUsd: fc.option(fc.integer({ min: 0, max: 30_000_000_000 }), { nil: undefined }),
} as const);

/** Some intents of `features`, each with a first record and up to eight more. */
export function histories(
  features: readonly [string, ...string[]] = ['support', 'extract'],
  { fromMs = NOON, toMs = NOON + 5 * HOUR } = {},
): fc.Arbitrary<readonly History[]> {
  const one = fc.record({
    feature: fc.constantFrom(...features),
    atMs: fc.integer({ min: fromMs, max: toMs }),
    plan: fc.constantFrom(['mini'], ['premium'], ['mini', 'premium']),
    segment: fc.constantFrom('', 'long'),
    gapMs: fc.constantFrom(undefined, 40_000, 5_000_000),
    rest: fc.array(fc.oneof(anAttempt, anEvidence), { maxLength: 8 }),
  });
  return fc.array(one, { minLength: 1, maxLength: 12 }).map(list =>
    list.map(({ feature, atMs, plan, segment, gapMs, rest }, index) => {
      let hasEvidence = false;
      const bodies = rest.map((part, step): Body => {
        const recordedAtMs = atMs + (step + 1) * 1000;
        if ('node' in part) {
          const { verdict, served, prefixPart, ...attempt } = part;
          const prefixNanoUsd = Math.round(attempt.costNanoUsd * prefixPart);
          const optional = {
            ...(verdict === undefined ? {} : { verdict }),
            ...(prefixPart > 0 ? { prefixNanoUsd } : {}),
          };
          return attempted(recordedAtMs, { ...attempt, ...served, ...optional });
        }
        const kind = hasEvidence ? 'corrected' : 'labelled';
        hasEvidence = true;
        const { costNanoUsd, ...given } = part;
        return evidence(recordedAtMs, { ...given, ...(costNanoUsd === undefined ? {} : { costNanoUsd }) }, kind);
      });
      const prefix = { tokens: 9000, earlierIntents: 2 };
      const known = gapMs === undefined ? {} : { session: 'chat-1', prefix: { ...prefix, gapMs } };
      return history(`intent-${index}`, feature, [{ ...decided(atMs, plan, segment), ...known }, ...bodies]);
    }),
  );
}

/** By plan: decisions from one table share their object. */
const decisions = new Map<string, DecidedRecord['decision']>();

/** An intent that its first request answered at once. */
export function answeredIntent(
  intentId: string,
  attempt: Partial<Attempt> = {},
  decision: Partial<Pick<DecidedRecord, 'atMs' | 'segment' | 'versions' | 'failureCostNanoUsd'>> & {
    readonly plan?: readonly string[];
  } = {},
): AnsweredIntent {
  const { plan, atMs = NOON, ...others } = decision;
  const [first, second] = history(intentId, 'support', [decided(atMs, plan), attempted(atMs + 5, attempt)]).records;
  if (first?.kind !== 'decided' || second?.kind !== 'attempted') throw new TypeError('not reached');
  const key = plan?.join('>') ?? '';
  if (!decisions.has(key)) decisions.set(key, first.decision);
  return new AnsweredIntent({ ...first, decision: must(decisions.get(key)), ...others }, second.attempt, second.atMs);
}

/** The same intent with its first evidence, which came at once. */
export function labelledAtOnce(
  { id, decided, attempt, atMs }: AnsweredIntent,
  given: { readonly success: boolean; readonly escalated?: boolean },
): AnsweredIntent {
  const evidence = { source: 'explicit', ...given } as const;
  const label = { kind: 'labelled', intentId: id, revision: 2, feature: decided.feature, atMs, evidence } as const;
  return new AnsweredIntent(decided, attempt, atMs, label);
}

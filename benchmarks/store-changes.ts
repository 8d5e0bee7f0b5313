/** Changes as a router makes them, for the benchmarks of stores. */
import { contributionDelta } from '../src/core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../src/core/ledger/records.ts';
import { appendRecord } from '../src/core/ledger/records.ts';
import type { Attempt } from '../src/core/ledger/vocabulary.ts';
import type { Change } from '../src/contracts/store.ts';

export interface GivenIntent {
  readonly intentId: string;
  readonly feature: string;
  readonly atMs: number;
}

/** The three changes of one intent: decided, attempted, labelled. */
export function changesOf(index: number, given: Partial<GivenIntent> = {}): readonly Change[] {
  const {
    intentId = `intent-${index.toString().padStart(9, '0')}`,
    feature = `feature-${index % 5}`,
    atMs = Date.UTC(2026, 10, 1) + index * 997,
  } = given;
  const plan = index % 3 === 0 ? ['premium'] : ['mini', 'premium'];
  const model = plan[0] ?? '';
  const fact = { intentId, feature, atMs };
  const records: readonly LedgerRecord[] = [
    {
      ...fact,
      revision: 0,
      kind: 'decided',
      segment: '',
      decision: {
        plan,
        propensity: 0.5,
        eligible: ['premium', 'mini>premium'],
        policy: 'thompson',
        reason: 'share 0.5',
      },
      failureCostNanoUsd: 15_000_000_000,
      versions: { mini: 'gpt-5-mini@a1b2c3', premium: 'gpt-5@d4e5f6' },
    },
    {
      ...fact,
      revision: 1,
      kind: 'attempted',
      attempt: answered(index, { model, atMs, costNanoUsd: 525_000 }),
    },
    { ...fact, revision: 2, kind: 'labelled', evidence: { source: 'explicit', success: index % 7 !== 0 } },
  ];
  let intent: Intent | undefined;
  return records.map(record => {
    const before = intent;
    intent = appendRecord(before, record);
    const delta = contributionDelta(before, intent);
    return { intentId, feature, expectedRevision: record.revision, records: [record], delta, dueAtMs: null };
  });
}

/** The same as one change. */
export function wholeChange(index: number, given: Partial<GivenIntent> = {}): Change {
  const changes = changesOf(index, given);
  const [first] = changes;
  if (first === undefined) throw new Error('no change');
  return { ...first, records: changes.flatMap(({ records }) => records), delta: changes.flatMap(({ delta }) => delta) };
}

/** The first attempt of an intent, of some hundred tokens. */
export function answered(
  index: number,
  { model, atMs, costNanoUsd }: { readonly model: string; readonly atMs: number; readonly costNanoUsd: number },
): Attempt {
  return {
    kind: 'first',
    requestId: `request-${index}`,
    turn: 1,
    model,
    node: model,
    providerModel: model,
    startedAtMs: atMs,
    latencyMs: 812,
    status: 'ok',
    httpStatus: 200,
    usage: { input: 900 + (index % 400), output: 150 + (index % 90) },
    costNanoUsd: costNanoUsd + (index % 1000) * 250,
    provenance: 'reported',
  };
}

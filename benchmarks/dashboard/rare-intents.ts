/**
 * A feature in which nearly every intent succeeds, and the nine that do not: three that failed, three that closed without an
 * outcome and three that have none yet, spread over the whole time. A list of one of these is the hardest to find.
 */
import type { Change, Store } from '../../src/contracts/store.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import type { Evidence } from '../../src/core/ledger/vocabulary.ts';

export const RARE_FEATURE = 'page.title';

const RARE: readonly (Evidence | undefined)[] = [
  { source: 'explicit', success: false, escalated: true },
  { source: 'silence', success: null },
  undefined,
];
const TOGETHER = 500;

interface RareOptions {
  readonly intents: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly progress?: (intents: number) => void;
}

/** Intents that all succeeded, spread evenly over [fromMs, toMs). */
export async function writeSuccesses(store: Store, { intents, fromMs, toMs, progress }: RareOptions): Promise<void> {
  for (let start = 0; start < intents; start += TOGETHER) {
    const steps = Array.from({ length: Math.min(TOGETHER, intents - start) }, (_, i) => start + i);
    await commit(
      store,
      steps.map(step =>
        recordsOf(`title-${step}`, fromMs + Math.floor(((toMs - fromMs) * step) / intents), {
          source: 'implicit',
          success: true,
          signal: 'resolved',
        }),
      ),
    );
    progress?.(steps.length);
  }
}

/** Three of each kind, at 15 %, 50 % and 85 % of the time. */
export async function writeRareOnes(
  store: Store,
  { fromMs, toMs }: Pick<RareOptions, 'fromMs' | 'toMs'>,
): Promise<void> {
  const places = [0.15, 0.5, 0.85].flatMap((share, place) =>
    RARE.map((evidence, kind) =>
      recordsOf(`rare-${place}-${kind}`, Math.floor(fromMs + (toMs - fromMs) * share), evidence),
    ),
  );
  await commit(store, places);
}

async function commit(store: Store, lists: readonly (readonly LedgerRecord[])[]): Promise<void> {
  const changes = lists.flatMap((records): Change[] => {
    const intent = foldIntent(records);
    if (intent === undefined) return [];
    const delta = contributionDelta(undefined, intent);
    return [{ intentId: intent.id, feature: RARE_FEATURE, expectedRevision: 0, records, delta, dueAtMs: null }];
  });
  await store.commitAll(changes);
}

function recordsOf(intentId: string, atMs: number, evidence: Evidence | undefined): readonly LedgerRecord[] {
  const own = { intentId, feature: RARE_FEATURE };
  const attempt = {
    requestId: 'r1',
    turn: 1,
    kind: 'first',
    model: 'mini',
    node: 'mini',
    providerModel: 'mini-2026',
    startedAtMs: atMs,
    latencyMs: 400,
    status: 'ok',
    httpStatus: 200,
    usage: { input: 300, output: 12 },
    costNanoUsd: toNanoUsd(0.0001),
    provenance: 'reported',
  };
  const decision = {
    plan: ['mini'],
    propensity: 1,
    eligible: ['mini'],
    policy: 'fixed',
    reason: 'the only eligible plan',
  };
  const decided = {
    ...own,
    revision: 0,
    kind: 'decided',
    atMs,
    segment: '',
    decision,
    failureCostNanoUsd: toNanoUsd(1),
    versions: { mini: 'mini-2026@1' },
  };
  const attempted = { ...own, revision: 1, kind: 'attempted', atMs: atMs + 440, attempt };
  const labelled = { ...own, revision: 2, kind: 'labelled', atMs: atMs + 60_000, evidence };
  return (evidence === undefined ? [decided, attempted] : [decided, attempted, labelled]) as unknown as LedgerRecord[];
}

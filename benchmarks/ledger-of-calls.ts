/** A large ledger of two calls an intent, for the benchmarks of exports and bills. */
import type { Intent, LedgerRecord } from '../src/core/ledger/records.ts';
import { appendRecord } from '../src/core/ledger/records.ts';
import { contributionDelta } from '../src/core/cells/contribution.ts';
import { resolvePrice } from '../src/prices/price-book.ts';
import { sqlite } from '../src/stores/sqlite.ts';

const PER_INTENT = 4;
/** What the ledger's models cost. */
export const MODELS = {
  mini: resolvePrice({
    provider: 'other',
    model: 'mini',
    price: { inputUsdPerMillion: 0.25, cacheReadUsdPerMillion: 0.025, outputUsdPerMillion: 2 },
  }),
  premium: resolvePrice({
    provider: 'other',
    model: 'premium',
    price: { inputUsdPerMillion: 1.25, outputUsdPerMillion: 10 },
  }),
};

/** A decision, a rejected reply of mini, an answer of premium, an outcome. */
function recordsOf(index: number): readonly LedgerRecord[] {
  const atMs = Date.UTC(2026, 9, 1) + index * 2_000;
  const fact = { intentId: `intent-${index.toString(36).padStart(9, '0')}`, feature: `feature-${index % 8}`, atMs };
  const attempt = (model: 'mini' | 'premium', revision: number): LedgerRecord => {
    const usage = {
      input: 800 + (index % 500),
      cacheRead: model === 'mini' ? 300 + (index % 7) : 0,
      output: 120 + (index % 90),
    };
    return {
      ...fact,
      revision,
      kind: 'attempted',
      attempt: {
        kind: model === 'mini' ? 'first' : 'escalation',
        requestId: `request-${index}`,
        turn: 1,
        model,
        node: model === 'mini' ? 'mini' : 'mini>premium',
        providerModel: model,
        providerRequestId: `req_${index}_${revision}`,
        startedAtMs: atMs,
        latencyMs: 700 + (index % 400),
        status: 'ok',
        httpStatus: 200,
        usage,
        costNanoUsd: MODELS[model].cost(usage, atMs),
        provenance: 'reported',
        verdict: { accepted: model === 'premium', by: 'schema' },
      },
    };
  };
  return [
    {
      ...fact,
      revision: 0,
      kind: 'decided',
      session: `session-${index >> 2}`,
      segment: '',
      decision: {
        plan: ['mini', 'premium'],
        propensity: 0.62,
        eligible: ['mini', 'premium', 'mini>premium'],
        policy: 'thompson',
        reason: 'share 0.62 of 3 plans',
      },
      failureCostNanoUsd: 15_000_000_000,
      versions: { mini: 'mini@a1b2c3', premium: 'premium@d4e5f6' },
    },
    attempt('mini', 1),
    attempt('premium', 2),
    { ...fact, revision: 3, kind: 'labelled', evidence: { source: 'explicit', success: index % 9 !== 0 } },
  ];
}

/** Writes intents into an SQLite file. Returns the number of records. */
export async function fillLedger(path: string, rows: number): Promise<number> {
  const store = sqlite(path);
  const intents = Math.ceil(rows / PER_INTENT);
  const commit = async (index: number): Promise<void> => {
    const records = recordsOf(index);
    const [first] = records;
    const intent = records.reduce<Intent | undefined>(appendRecord, undefined);
    if (first === undefined || intent === undefined) return;
    const { intentId, feature } = first;
    const delta = contributionDelta(undefined, intent);
    await store.commitAll([{ intentId, feature, expectedRevision: 0, records, delta, dueAtMs: null }]);
  };
  for (let index = 0; index < intents; index += 500)
    await Promise.all(Array.from({ length: Math.min(500, intents - index) }, (_, offset) => commit(index + offset)));
  await store.close();
  return intents * PER_INTENT;
}

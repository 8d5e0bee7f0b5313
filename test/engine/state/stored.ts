/** Made-up intents in a store, committed as the router would. */
import type { Intent } from '../../../src/core/ledger/records.ts';
import { contributionDelta } from '../../../src/core/cells/contribution.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { Made } from '../../core/support/cells.ts';
import { made } from '../../core/support/cells.ts';

/** One intent an hour, with ids `i0`, `i1` … */
export async function storeWith(
  intents: readonly (Made & {
    readonly feature?: string;
    readonly segment?: string;
    readonly eligible?: string[];
    readonly policy?: string;
    /** Default: a half. */
    readonly propensity?: number;
  })[],
) {
  const store = memory();
  for (const [
    i,
    { feature = 'f', segment = '', eligible, policy = 'thompson', propensity = 0.5, ...what },
  ] of intents.entries()) {
    const base = made({ hour: i, ...what });
    const decision = { ...base.decided.decision, policy, propensity, ...(eligible === undefined ? {} : { eligible }) };
    const intent: Intent = {
      ...base,
      id: `i${i}`,
      decided: { ...base.decided, intentId: `i${i}`, feature, segment, decision },
    };
    await commit(store, intent);
  }
  return store;
}

async function commit(store: Store, intent: Intent): Promise<void> {
  const { id: intentId, decided } = intent;
  const rest = [
    ...intent.attempts.map(attempt => ({ kind: 'attempted' as const, attempt })),
    ...intent.evidence.map(evidence => ({ kind: 'labelled' as const, evidence })),
  ].map((body, i) => ({ ...body, intentId, feature: decided.feature, atMs: decided.atMs, revision: i + 1 }));
  const delta = contributionDelta(undefined, intent);
  const records = [decided, ...rest];
  await store.commitAll([{ intentId, feature: decided.feature, expectedRevision: 0, records, delta, dueAtMs: null }]);
}

/** Features whose saving is known: one with a holdout, one without, one that is only observed, and one of a single plan. */
import type { Change, Store } from '../../src/contracts/store.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { HELD_OUT } from '../../src/policies/holdout.ts';

const MODELS = { mini: { costUsd: 0.002, failsEvery: 10 }, premium: { costUsd: 0.05, failsEvery: 12 } } as const;
type Model = keyof typeof MODELS;

/** As long as a name is in practice. */
export const LONG_NAME = 'a.feature.with.a.name.of.sixty.characters.that.must.wrap.01';

/** Of five intents of `held.out`, two are held out for premium; the policy would always choose mini. */
export async function writeHeldOut(store: Store, { intents, toMs }: { intents: number; toMs: number }): Promise<void> {
  const changes: Change[] = [];
  for (let i = 0; i < intents; i++) {
    const atMs = toMs - (intents - i) * 60_000;
    const isHeld = i % 5 < 2;
    changes.push(
      change(`h${i}`, 'held.out', atMs, {
        model: isHeld ? 'premium' : 'mini',
        propensity: isHeld ? 0.4 : 0.6,
        reason: isHeld ? HELD_OUT : 'share 1 of 2 plans',
      }),
      change(`n${i}`, 'never.premium', atMs, { model: 'mini', propensity: 1, reason: 'share 1 of 2 plans' }),
      change(`o${i}`, 'only.observed', atMs, {
        model: 'premium',
        propensity: 1,
        reason: 'observed',
        policy: 'observe',
      }),
      change(`s${i}`, 'single.plan', atMs, { model: 'mini', propensity: 1, reason: 'the only eligible plan' }, [
        'mini',
      ]),
    );
  }
  changes.push(change('l1', LONG_NAME, toMs - 60_000, { model: 'mini', propensity: 1, reason: 'share 1 of 2 plans' }));
  await store.commitAll(changes);
}

function change(
  intentId: string,
  feature: string,
  atMs: number,
  {
    model,
    propensity,
    reason,
    policy = 'thompson',
  }: { model: Model; propensity: number; reason: string; policy?: string },
  eligible: readonly Model[] = ['mini', 'premium'],
): Change {
  const { costUsd, failsEvery } = MODELS[model];
  const own = { intentId, feature };
  const attempt = {
    requestId: 'r1',
    turn: 1,
    kind: 'first',
    model,
    node: model,
    providerModel: `${model}-2026`,
    startedAtMs: atMs,
    latencyMs: 400,
    status: 'ok',
    httpStatus: 200,
    usage: { input: 300, output: 12 },
    costNanoUsd: toNanoUsd(costUsd),
    provenance: 'reported',
  };
  const success = Math.floor(Number(intentId.slice(1)) / 5) % failsEvery !== 0;
  const records = [
    {
      ...own,
      revision: 0,
      kind: 'decided',
      atMs,
      segment: '',
      decision: { plan: [model], propensity, eligible, policy, reason },
      failureCostNanoUsd: toNanoUsd(0.1),
      versions: Object.fromEntries(eligible.map(name => [name, `${name}-2026@1`])),
    },
    { ...own, revision: 1, kind: 'attempted', atMs: atMs + 400, attempt },
    { ...own, revision: 2, kind: 'labelled', atMs: atMs + 1_000, evidence: { source: 'explicit', success } },
  ] as unknown as LedgerRecord[];
  const intent = foldIntent(records);
  if (intent === undefined) throw new Error('no intent');
  const delta = contributionDelta(undefined, intent);
  return { intentId, feature, expectedRevision: 0, records, delta, dueAtMs: null };
}

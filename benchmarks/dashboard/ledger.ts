/**
 * A ledger of synthetic traffic, written through the store as the router writes it, with the router's own policy and cells.
 * It has five typical features, each with its own problem.
 */
import { planGraph } from '../../src/core/beliefs/plan-graph.ts';
import type { LearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import type { SeededRandom } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import type { Attempt, Evidence } from '../../src/core/ledger/vocabulary.ts';
import { nodeOf } from '../../src/core/ledger/vocabulary.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { cascadeWorld } from '../../src/replay/worlds/cascade-world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Change, Store } from '../../src/contracts/store.ts';

interface Traffic {
  readonly feature: string;
  /** Fraction of all intents. */
  readonly share: number;
  readonly world: (intents: number) => World;
  /** Fractions of the intents that have several turns, are retried, and never get an outcome. */
  readonly severalTurns: number;
  readonly retried: number;
  readonly unlabelled: number;
  /** Recorded failure cost ÷ configured failure cost; absent where none is recorded. */
  readonly recordedFactor?: number;
}

const TRAFFIC: readonly Traffic[] = [
  {
    feature: 'support.reply',
    share: 0.45,
    severalTurns: 0.3,
    retried: 0.04,
    unlabelled: 0.2,
    recordedFactor: 1.5,
    world: () =>
      modelsWorld({
        name: 'support',
        failureCostUsd: 15,
        models: [
          { name: 'mini', costUsd: 0.0019, success: 0.7 },
          { name: 'premium', costUsd: 0.014, success: 0.95 },
        ],
      }),
  },
  {
    feature: 'invoice.extract',
    share: 0.3,
    severalTurns: 0,
    retried: 0.1,
    unlabelled: 0.05,
    world: () =>
      cascadeWorld({
        name: 'invoice',
        cheap: { name: 'mini', costUsd: 0.004, success: 0.9 },
        premium: { name: 'premium', costUsd: 0.06, successIfCheapDid: 0.99, successIfNot: 0.8 },
        sensitivity: 0.9,
        specificity: 0.97,
        judgeCostUsd: 0.0004,
        failureCostUsd: 2.5,
      }),
  },
  {
    feature: 'code.review',
    share: 0.15,
    severalTurns: 0.5,
    retried: 0.02,
    unlabelled: 0.4,
    world: intents =>
      modelsWorld({
        name: 'code',
        failureCostUsd: 4,
        models: [
          { name: 'mini', costUsd: 0.006, success: 0.78 },
          { name: 'premium', costUsd: 0.05, success: step => (step < intents * 0.6 ? 0.96 : 0.7) },
          { name: 'frontier', costUsd: 0.19, success: 0.97 },
        ],
      }),
  },
  {
    feature: 'search.rewrite',
    share: 0.0999,
    severalTurns: 0,
    retried: 0.01,
    unlabelled: 0.6,
    world: () =>
      modelsWorld({
        name: 'search',
        failureCostUsd: 0.05,
        models: [
          { name: 'mini', costUsd: 0.0003, success: 0.945 },
          { name: 'premium', costUsd: 0.004, success: 0.95 },
        ],
      }),
  },
  {
    feature: 'contract.summary',
    share: 0.0001,
    severalTurns: 0.2,
    retried: 0,
    unlabelled: 0.1,
    world: () =>
      modelsWorld({
        name: 'contract',
        failureCostUsd: 40,
        models: [
          { name: 'mini', costUsd: 0.01, success: 0.85 },
          { name: 'premium', costUsd: 0.08, success: 0.93 },
        ],
      }),
  },
];

export interface LedgerOptions {
  readonly intents: number;
  readonly seed: string | number;
  /** The traffic is spread evenly over [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  readonly progress?: (intents: number) => void;
}

/** Intents committed concurrently, in one shared transaction. */
const TOGETHER = 500;

/** Writes the ledger; the same seed gives the same ledger. */
export async function writeLedger(store: Store, options: LedgerOptions): Promise<void> {
  for (const traffic of TRAFFIC) {
    const intents = Math.max(30, Math.round(options.intents * traffic.share));
    await writeFeature(store, traffic, { ...options, intents });
  }
}

async function writeFeature(store: Store, traffic: Traffic, options: LedgerOptions): Promise<void> {
  const { feature } = traffic;
  const { intents, fromMs, toMs } = options;
  const world = traffic.world(intents);
  const random = seededRandom(options.seed).fork(feature);
  const learned = createLearnedFeature({ feature, plans: world.plans, priorCostUsd: world.priorCostUsd });
  const source = { traffic, world, random, learned };
  let waiting: Change[] = [];
  for (let step = 0; step < intents; step++) {
    const atMs = Math.floor(fromMs + ((toMs - fromMs) * step) / intents);
    const records = intentRecords(source, { step, atMs, toMs });
    const intent = foldIntent(records);
    if (intent === undefined) continue;
    const delta = contributionDelta(undefined, intent);
    learned.apply(delta);
    waiting.push({ intentId: intent.id, feature, expectedRevision: 0, records, delta, dueAtMs: null });
    if (waiting.length < TOGETHER) continue;
    await store.commitAll(waiting);
    options.progress?.(waiting.length);
    waiting = [];
  }
  await store.commitAll(waiting);
  options.progress?.(waiting.length);
}

const policy = thompson();

function intentRecords(
  {
    traffic,
    world,
    random,
    learned,
  }: { traffic: Traffic; world: World; random: SeededRandom; learned: LearnedFeature },
  { step, atMs, toMs }: { step: number; atMs: number; toMs: number },
): readonly LedgerRecord[] {
  const { feature } = traffic;
  const intentId = `${feature}-${step}`;
  const decision = policy.decide(
    {
      feature,
      plans: world.plans,
      eligible: 2 ** world.plans.length - 1,
      failureCostUsd: world.failureCostUsd,
      objective: 'cost-per-intent',
      learned: learned.segment(''),
      nowMs: atMs,
    },
    random,
  );
  const drafts: object[] = [
    {
      kind: 'decided',
      atMs,
      segment: '',
      decision,
      failureCostNanoUsd: toNanoUsd(world.failureCostUsd),
      versions: Object.fromEntries(decision.plan.map(model => [model, `${model}-2026@1`])),
    },
  ];
  const turns = random.next() < traffic.severalTurns ? 2 + Math.floor(random.next() * 3) : 1;
  let success = false;
  let now = atMs;
  for (let turn = 1; turn <= turns; turn++) {
    const ask = world.intent(step, random);
    const attempts = turnAttempts(decision.plan, { ask, world, turn, random, retried: traffic.retried });
    for (const attempt of attempts.list) {
      now += attempt.latencyMs + 40;
      drafts.push({ kind: 'attempted', atMs: now, attempt: { ...attempt, startedAtMs: now - attempt.latencyMs } });
    }
    success = attempts.success;
    now += 20_000;
  }
  const isPending = now > toMs - 3_600_000 && random.next() < 0.5;
  if (turns > 3 && random.next() < 0.4) success = false;
  if (!isPending)
    drafts.push({ kind: 'labelled', atMs: now, evidence: evidenceOf({ traffic, world, random, success }) });
  return drafts.map((draft, revision) => ({ ...draft, intentId, revision, feature })) as unknown as LedgerRecord[];
}

function evidenceOf({
  traffic,
  world,
  random,
  success,
}: {
  traffic: Traffic;
  world: World;
  random: SeededRandom;
  success: boolean;
}): Evidence {
  if (random.next() < traffic.unlabelled) return { source: 'silence', success: null };
  if (success) return { source: 'implicit', success: true, signal: 'resolved' };
  const escalated = random.next() < 0.8;
  const factor = traffic.recordedFactor;
  if (factor === undefined || random.next() < 0.5) return { source: 'explicit', success: false, escalated };
  const costNanoUsd = toNanoUsd(world.failureCostUsd * factor * (0.5 + random.next()));
  return { source: 'explicit', success: false, escalated, costNanoUsd };
}

function turnAttempts(
  plan: readonly string[],
  {
    ask,
    world,
    turn,
    random,
    retried,
  }: { ask: ReturnType<World['intent']>; world: World; turn: number; random: SeededRandom; retried: number },
): { list: Attempt[]; success: boolean } {
  const list: Attempt[] = [];
  let success = false;
  const hasVerdict = planGraph(world.plans).climbs.includes(true);
  for (let position = 0; position < plan.length; position++) {
    const model = plan[position] as string;
    const reply = ask(model);
    const base = {
      requestId: `r${turn}`,
      turn,
      model,
      node: nodeOf(plan, position),
      providerModel: `${model}-2026`,
      startedAtMs: 0,
      latencyMs: Math.round(300 + random.next() * 2_000),
      provenance: 'reported' as const,
    };
    const costNanoUsd = toNanoUsd(reply.costUsd);
    const usage = { input: 800 + Math.floor(random.next() * 900), output: 100 + Math.floor(random.next() * 400) };
    let kind: Attempt['kind'] = position === 0 ? 'first' : 'escalation';
    if (random.next() < retried) {
      // Half of the faults occur after the provider has charged.
      const charged = random.next() < 0.5;
      list.push({
        ...base,
        kind,
        status: charged ? 'broken' : 'provider-fault',
        ...(charged ? {} : { httpStatus: 503 }),
        usage: charged ? usage : {},
        costNanoUsd: charged ? costNanoUsd : 0,
        provenance: charged ? 'estimated' : 'none',
      });
      kind = 'retry';
    }
    list.push({
      ...base,
      kind,
      status: 'ok',
      httpStatus: 200,
      usage,
      costNanoUsd,
      ...(hasVerdict ? { verdict: { accepted: reply.accepted, by: 'judge' } } : {}),
    });
    if (world.judgeCostUsd > 0) {
      list.push({
        ...base,
        kind: 'judge',
        model: 'judge',
        providerModel: 'judge-2026',
        status: 'ok',
        usage: { input: 400 },
        costNanoUsd: toNanoUsd(world.judgeCostUsd),
      });
    }
    success = reply.success;
    if (reply.accepted) break;
  }
  return { list, success };
}

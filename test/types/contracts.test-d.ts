/** Each contract written from the types of `outcome-router/contracts` alone. Nothing here runs: the compiler reads it. */
import { describe, expectTypeOf, test } from 'vitest';
import type {
  Attempt,
  BilledCall,
  Cell,
  CellMap,
  Change,
  ChangeResult,
  Decision,
  Fault,
  FeatureView,
  LedgerRecord,
  Observer,
  Policy,
  Price,
  Random,
  ReplyFacts,
  RequestFacts,
  RequestTransform,
  ServedTerms,
  Store,
  StreamReader,
  Usage,
  Wire,
} from 'outcome-router/contracts';
import {
  addCell,
  checkChange,
  contribution,
  expectedRates,
  firstPlan,
  foldIntent,
  hasPlan,
  planIndexes,
  planKey,
  planRates,
  toNanoUsd,
} from 'outcome-router/contracts';
import { createRouter, RouterError } from 'outcome-router';
import type { PriceConfig } from 'outcome-router/prices';

describe('the contracts', () => {
  test('a policy can be written with the public types alone', () => {
    const cheapest: Policy = {
      name: 'cheapest',
      check({ feature, plans, path }) {
        if (plans.length === 0) throw new Error(`${path}: ${feature}`);
      },
      decide(view: FeatureView, random: Random): Decision {
        const { plans, eligible, learned, failureCostUsd, nowMs } = view;
        const posterior = learned.posterior(nowMs);
        const rates = posterior.nodes.map(expectedRates);
        const totalUsd = (k: number): number => {
          const { costUsd, fail } = planRates(posterior.graph, k, rates);
          return costUsd + failureCostUsd * fail;
        };
        const best = planIndexes(eligible).reduce((x, y) => (totalUsd(y) < totalUsd(x) ? y : x), firstPlan(eligible));
        const eligiblePlans = plans.filter((_, k) => hasPlan(eligible, k)).map(planKey);
        const reason = random.next() < 0.5 ? 'cheapest' : 'least expensive';
        return { plan: plans[best] ?? [], propensity: 1, eligible: eligiblePlans, policy: 'cheapest', reason };
      },
      allocation: ({ plans }) => ({ shares: plans.map(() => 1 / plans.length) }),
    };
    createRouter({ models: {}, features: {}, policy: cheapest });
  });

  test('an observer can be written with the public types alone', () => {
    const seen: (Attempt | Fault | string)[] = [];
    const observer: Observer = {
      name: 'own',
      started: ({ features, estimates }) => features.forEach(name => void estimates(name).map(({ plan }) => plan)),
      requesting: ({ requestId, providerOf }) => ({
        within: call => call(),
        ended({ attempts, error, answeredBy }) {
          seen.push(requestId, providerOf('mini') ?? '', String(error), answeredBy ?? '', ...attempts);
        },
      }),
      decided: ({ decision }) => void seen.push(planKey(decision.plan)),
      attempted: ({ attempt }, intent) => void seen.push(attempt, intent.id),
      labelled: ({ kind, evidence }, { outcome }) => void seen.push(kind, evidence.source, outcome.state),
      faulted: fault => void seen.push(fault),
      close: async () => {},
    };
    createRouter({ models: {}, features: {}, observers: [observer] });
  });

  test('a store can be written with the public types alone', () => {
    const log: LedgerRecord[] = [];
    const statistics = new Map<string, CellMap>();
    const pruned = new Map<string, CellMap>();
    const due = new Map<string, number>();
    const recordsOf = (id: string): readonly LedgerRecord[] => log.filter(({ intentId }) => intentId === id);
    const add = (to: Map<string, CellMap>, cells: readonly Cell[]): void => {
      for (const cell of cells) {
        let own = to.get(cell.key.feature);
        if (own === undefined) to.set(cell.key.feature, (own = new Map()));
        addCell(own, cell);
      }
    };
    const commitOne = (change: Change): ChangeResult => {
      try {
        checkChange(change);
      } catch (error) {
        if (RouterError.isInstance(error)) return { kind: 'refused', error };
        throw error;
      }
      if (recordsOf(change.intentId).length !== change.expectedRevision) return { kind: 'conflict' };
      log.push(...change.records);
      add(statistics, change.delta);
      if (change.dueAtMs !== null) due.set(change.intentId, change.dueAtMs);
      return { kind: 'committed' };
    };
    const corrections = new Set<string>();
    const store: Store = {
      name: 'array',
      commitAll: async changes => changes.map(commitOne),
      generations: async features => new Map(features.map(feature => [feature, String(log.length)])),
      claimDue: async (nowMs, limit) => [...due].flatMap(([id, atMs]) => (atMs <= nowMs ? [id] : [])).slice(0, limit),
      async correctCells(_, difference, options) {
        if (corrections.has(options.id)) return false;
        corrections.add(options.id);
        add(statistics, difference);
        add(pruned, options.pruned ?? []);
        return true;
      },
      maintain: async () => ({ more: false }),
      consistently: async work => work(store),
      async cellsSince(feature) {
        const grains = { dayBefore: 0, weekBefore: 0 };
        return { cells: await store.cells(feature), complete: true, grains, next: String(log.length) };
      },
      async *scanPages({ after = '0' } = {}) {
        yield { records: log.slice(Number(after)), next: String(log.length) };
      },
      isPrivate: true,
      async features() {
        return [...statistics.keys()].sort();
      },
      cells: async feature => [...(statistics.get(feature)?.values() ?? [])],
      load: async intentId => recordsOf(intentId),
      intents: async ({ feature, limit, fromMs = 0, toMs = Number.POSITIVE_INFINITY }) =>
        log
          .filter(record => record.kind === 'decided' && record.feature === feature)
          .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
          .map(({ intentId }) => intentId)
          .slice(0, limit),
      async *scan({ feature, kind } = {}) {
        for (const record of log)
          if ((feature ?? record.feature) === record.feature && (kind ?? record.kind) === record.kind) yield record;
      },
      prunedCells: async feature => [...(pruned.get(feature ?? '')?.values() ?? [])],
      async prune(beforeMs, options) {
        const intent = foldIntent(log.filter(({ atMs }) => atMs < beforeMs));
        if (intent !== undefined) add(pruned, contribution(intent));
        options?.progress?.(1);
        return { intents: 1, records: intent?.revision ?? 0 };
      },
      close: async () => {},
    };
    createRouter({ models: {}, features: {}, store });
  });

  test('a wire can be written with the public types alone', () => {
    const facts: ReplyFacts = { text: 'Hello', finish: 'stop', hasToolCalls: false };
    const usage: Usage = { input: 12, output: 5 };
    const reader: StreamReader = {
      push: chunk => chunk,
      end: () => new Uint8Array(),
      facts: () => ({ ...facts, usage }),
      phase: 'output',
      error: undefined,
      chars: 5,
      done: true,
    };
    const wire: Wire = {
      name: 'openai-chat',
      provider: 'openai',
      path: '/chat/completions',
      matches: url => url.endsWith('/chat/completions'),
      read(body: string, prefix: string): RequestFacts | undefined {
        if (!body.includes(prefix)) return undefined;
        return {
          model: prefix,
          stream: false,
          capabilities: new Set(['tools']),
          chars: body.length,
          turns: 1,
          parameter: () => undefined,
        };
      },
      prepare: (body: string, _: RequestFacts, model: string, transform?: RequestTransform) => ({
        body: body.replace('"model":""', `"model":"${model}"`),
        hidesUsageChunk: transform === undefined,
      }),
      reply: () => facts,
      reader: () => reader,
      readError: () => undefined,
    };
    createRouter({ models: {}, features: {}, wires: [wire] });
  });

  test('a price can be written with the public types alone', () => {
    const price: Price = {
      source: 'own',
      id: 'own-1',
      idAt: () => 'own-1',
      lines: ({ input = 0 }: Usage, _, terms) => [
        {
          meter: 'input',
          quantity: input,
          rate: terms?.tier === 'batch' ? 1_000 : 2_000,
          costNanoUsd: toNanoUsd(input * 2e-9),
        },
      ],
      cost: ({ input = 0 }: Usage) => toNanoUsd(input * 2e-9),
      unpriced: ({ output = 0 }: Usage) => (output > 0 ? ['output'] : []),
      ratesAt: () => [{ aboveTokens: -1, rates: { input: 2_000, output: 8_000 } }],
    };
    expectTypeOf(price).toEqualTypeOf<Price>();
    expectTypeOf<Parameters<Price['cost']>[2]>().toEqualTypeOf<ServedTerms | undefined>();
    expectTypeOf<NonNullable<ReplyFacts['calls']>>().toEqualTypeOf<readonly BilledCall[]>();
  });

  test('a configured price may have any name of a tier, a speed and a region, with a multiplier or rates', () => {
    const prices: readonly PriceConfig[] = [
      { tiers: { flex: 0.5, scale: { inputUsdPerMillion: 2 } }, speeds: { fast: 2 }, regions: { us: 1.1 } },
      { reported: true },
      { as: 'openai/gpt-5', perRequestUsd: 0.005 },
      // @ts-expect-error a price of a tier is a number or rates
      { tiers: { scale: '2' } },
      // @ts-expect-error a rate has its own name
      { tiers: { scale: { input: 2 } } },
    ];
    expectTypeOf(prices).toExtend<readonly PriceConfig[]>();
  });
});

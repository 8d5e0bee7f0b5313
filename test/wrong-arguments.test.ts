/**
 * Wrong arguments of plain JavaScript: every function that the package exports is called with each of its arguments, and each
 * option, replaced by values of every kind. A call may accept a value; what it does not accept is a RouterError.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RouterError } from '../src/errors.ts';
import { memory } from '../src/stores/memory.ts';
import * as archive from '../src/public/archive.ts';
import * as calculator from '../src/public/calculator.ts';
import * as contracts from '../src/public/contracts.ts';
import * as finops from '../src/public/finops.ts';
import * as policies from '../src/public/policies.ts';
import * as prices from '../src/public/prices.ts';
import * as replay from '../src/public/replay.ts';
import { decided, history, NOON } from './stores/histories.ts';
import { priced, priceOf, someLedger, VENDOR } from './exports/bill/bills.ts';
import type { Loose } from './support/refusal.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const ledger = () =>
  someLedger([history('one', 'support', [decided(NOON), priced(NOON, 'mini', { usage: { input: 9 } })])]);
const row = {
  requestId: undefined,
  model: 'mini-1',
  meter: 'Input Tokens',
  startMs: NOON,
  cost: 10n,
  quantity: undefined,
};
const range = { feature: 'support', fromMs: 0, toMs: NOON * 2 };
const outcome = { id: '1', feature: 'support', model: 'mini', success: 1, costUsd: 0.1 };
const logged = {
  plan: 'mini',
  propensity: 0.5,
  target: { mini: 1 },
  segment: 'tier=free',
  failureCostUsd: 1,
  spendUsd: 0.1,
  failed: false,
  failureUsd: 0,
};
const models = [{ name: 'mini', costUsd: 0.1, success: 0.5 }];
const cascade = {
  name: 'cascade',
  cheap: { name: 'mini', costUsd: 0.1, success: 0.7 },
  premium: { name: 'premium', costUsd: 1, successIfCheapDid: 1, successIfNot: 0.5 },
  sensitivity: 0.9,
  specificity: 0.9,
  judgeCostUsd: 0,
  failureCostUsd: 1,
  costLogSd: 1,
};
const world = () => replay.modelsWorld({ name: 'world', models, failureCostUsd: 1 });
const setUp = { tokenCostUsd: 0.01, successRate: 0.9, failureCostUsd: 15 };
const node = { costUsd: 1, climb: 0, failAccepted: 0, failRejected: 0, failEnded: 0 };
const graph = { plans: [['mini']], keys: ['mini'], nodes: ['mini'], paths: [[0]], climbs: [false] };
const bucket = { scope: 'plan', feature: 'a', segment: '', subject: 'mini', version: '1', bucket: 0 } as const;
const change = { intentId: 'a', feature: 'b', expectedRevision: 0, records: [], delta: [], dueAtMs: null };
const intent = async () => contracts.foldIntent(await (await ledger()).load('one'));

const shape = { a: 1, b: 1 };
const posterior = {
  node: 'mini',
  n: 1,
  costUsd: 1,
  costLogSd: 1,
  climb: shape,
  accepted: shape,
  rejected: shape,
  ended: shape,
};

function tableFile(): string {
  const file = join(temporaryFolder(), 'table.csv');
  writeFileSync(file, 'id,feature,model,success,cost_usd\n1,support,mini,1,0.1\n');
  return file;
}
const TABLE = tableFile();

const TRACED = {
  session: 's1',
  feature: 'chat',
  atMs: NOON,
  answers: { mini: { success: 1, requests: [{ inputTokens: 10, outputTokens: 5 }] } },
};
function traceFile(): string {
  const file = join(temporaryFolder(), 'sessions.jsonl');
  writeFileSync(file, JSON.stringify(TRACED));
  return file;
}
const TRACES = traceFile();

const jsonLines = async () => {
  let text = '';
  for await (const chunk of finops.exportLedger(await ledger())) text += chunk;
  return [text];
};

/** Arguments that every function accepts: what the tests below replace, one at a time. */
const CALLS: Readonly<
  Record<string, readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, () => unknown>>]>
> = {
  archive: [
    archive,
    {
      // This store and this folder are refused too, but only after all other arguments are checked.
      archiveLedger: () => [
        memory(),
        'archive',
        { beforeMs: NOON, forgetBeforeMs: 0, progress: () => {}, intentsPerRun: 1 },
      ],
      archivedBase: () => ['no archive', { fromRecords: true, progress: () => {} }],
      forgetArchived: () => [memory(), 'archive', { session: 's', intentId: 'i', progress: () => {} }],
      withArchive: () => [memory(), 'archive'],
    },
  ],
  calculator: [
    calculator,
    {
      compareSetUps: () => [setUp, setUp],
      costsOf: () => [setUp],
      halfWidthUsd: () => [setUp, { figure: 'cost-per-intent', sampleSize: 10 }],
      preset: () => [calculator.PRESET_NAMES[0]],
      samplesNeeded: () => [setUp, { figure: 'cost-per-intent', precisionUsd: 1 }],
      setUpByTurns: () => [[{ weight: 1, spendUsd: 1, successRate: 1 }], { failureCostUsd: 1 }],
    },
  ],
  contracts: [
    contracts,
    {
      addCell: () => [new Map(), { key: bucket, sums: {} }],
      allPlans: () => [2],
      betaMean: () => [{ a: 1, b: 1 }],
      betaVariance: () => [{ a: 1, b: 1 }],
      cellKeyString: () => [bucket],
      checkChange: () => [change],
      contribution: async () => [await intent()],
      decodeSums: () => ['{}'],
      expectedRates: () => [posterior],
      encodeSums: () => [{ cost: 1n }],
      firstPlan: () => [1],
      foldCells: () => [[{ key: bucket, sums: {} }], { dayBefore: 0, weekBefore: 0 }],
      foldIntent: async () => [await (await ledger()).load('one')],
      hasPlan: () => [1, 0],
      isPreference: () => ['seed'],
      modelOfNode: () => ['mini'],
      nodeOf: () => [['mini'], 0],
      parseCellKey: () => [contracts.cellKeyString(bucket)],
      planIndexes: () => [1],
      planKey: () => [['mini']],
      planOfKey: () => ['mini'],
      planRates: () => [graph, 0, [node]],
      planSetOf: () => [[0]],
      toNanoUsd: () => [1],
      toUsd: () => [1],
      withoutPlans: () => [1, 1],
    },
  ],
  finops: [
    finops,
    {
      readBill: () => [
        ['ChargePeriodStart,EffectiveCost\n'],
        {
          costColumn: 'EffectiveCost',
          names: { sku: { model: 'a' } },
          modelOf: () => 'a',
          meterOf: () => 'b',
          timeZone: 'UTC',
          usdPer: { EUR: 1.08 },
          only: {},
        },
      ],
      parseSkuMap: () => ['{}'],
      applyBilledCosts: async () => [[row], await ledger(), { ...range, priceOf, atMs: NOON, dueAtMs: () => null }],
      billedCostChanges: async () => [[row], await ledger(), { ...range, priceOf, atMs: NOON, dueAtMs: () => null }],
      reconcile: async () => [[row], await ledger(), { ...range, priceOf, maxListed: 3 }],
      breakdown: async () => [
        await ledger(),
        { by: 'feature', features: ['support'], period: { fromMs: 0, toMs: 9e12 } },
      ],
      sessionIn: async () => [await ledger(), 's1', { priceOf, cacheOf: cacheTerms }],
      sessionsReport: async () => [await ledger(), { ...range, priceOf, cacheOf: cacheTerms, progress: () => {} }],
      sessionAccounts: async () => [await ledger(), { ...range, priceOf, cacheOf: cacheTerms, progress: () => {} }],
      exportFocus: async () => [
        await ledger(),
        { ...range, version: '1.4', priceOf, vendorOf: () => VENDOR, progress: () => {} },
      ],
      copyLedger: async () => [
        await ledger(),
        memory(),
        { after: '7', reached: () => {}, dueAtMs: () => null, progress: () => {} },
      ],
      exportLedger: async () => [await ledger(), { ...range, progress: () => {} }],
      importLedger: async () => [await jsonLines(), memory(), { dueAtMs: () => null, progress: () => {} }],
      rebuildCells: async () => [await ledger(), 'support', { progress: () => {} }],
    },
  ],
  policies: [
    policies,
    {
      contextual: () => [{ floor: 'none' }],
      epsilonGreedy: () => [{ epsilon: 0.1 }],
      exploreThenCommit: () => [{ outcomes: 1 }],
      fixed: () => ['mini'],
      numbers: () => [3],
      randomMix: () => [{ mini: 1 }],
      thompson: () => [{ floor: 'none' }],
      trackAndStop: () => [{}],
      weightedRule: () => [{ quality: 0.1, epsilon: 0.1 }],
    },
  ],
  prices: [
    prices,
    {
      breakEven: () => [{ gpuHourUsd: 1, apiUsdPerMillionTokens: 10 }],
      checkPrices: () => [{ mini: { provider: 'openai', model: 'gpt-5-mini' } }, NOON],
      resolvePrice: () => [{ provider: 'openai', model: 'gpt-5-mini' }],
    },
  ],
  replay: [
    replay,
    {
      cascadeWorld: () => [cascade],
      evaluateOffPolicy: () => [Array.from({ length: 200 }, () => logged)],
      modelsWorld: () => [
        {
          name: 'world',
          models,
          failureCostUsd: 1,
          costLogSd: 1,
          priorCostFactor: 1,
          arrival: () => ({ segment: '', failureCostUsd: 1 }),
          silenceSteps: 3,
          evidence: () => [],
        },
      ],
      namedPolicy: () => ['thompson', [['mini']]],
      outcomeTable: () => [[outcome]],
      readSessionTraces: () => [TRACES],
      replaySessions: () => [
        [TRACED],
        {
          models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
          failureCostUsd: 2,
          hitRate: 1,
          runs: 1,
          seed: 1,
          progress: () => {},
        },
      ],
      readOutcomeTable: () => [TABLE, { prices: {}, skipBadRows: true, only: () => true, progress: () => {} }],
      replayLedger: async () => [
        await ledger(),
        policies.fixed('mini'),
        {
          ...range,
          seed: 1,
          progress: () => {},
          objective: 'cost-per-intent',
          failureCostUsd: 1,
          silenceMs: { support: 1 },
        },
      ],
      replayTable: () => [
        [outcome],
        [policies.fixed('mini')],
        {
          candidates: ['mini'],
          failureCostUsd: 1,
          objective: 'cost-per-intent',
          shuffles: 1,
          seed: 1,
          verdict: { sensitivity: 1, specificity: 1, costUsd: 0 },
          priorCostUsd: { mini: 1 },
          prior: { mini: { success: 1, strength: 1 } },
          poolPriors: true,
          useContext: true,
          stepMs: 1,
          warmUp: () => false,
          checkpoints: 10,
          onIntent: () => {},
        },
      ],
      savingsAgainst: async () => [
        await ledger(),
        'mini',
        { fromMs: 0, toMs: NOON * 2, features: ['support'], progress: () => {} },
      ],
      simulate: () => [
        world(),
        policies.fixed('mini'),
        {
          intents: 3,
          seed: 1,
          objective: 'cost-per-intent',
          stepMs: 1,
          budget: { budgetUsd: 1, expectedIntents: 3 },
          onDelta: () => {},
        },
      ],
      startSimulation: () => [world(), policies.fixed('mini'), { seed: 1, objective: 'cost-per-intent', stepMs: 1 }],
    },
  ],
};

const WRONG: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['NaN', Number.NaN],
  ['-1', -1],
  ['1.5', 1.5],
  ['Infinity', Number.POSITIVE_INFINITY],
  ["''", ''],
  ["'text'", 'text'],
  ['true', true],
  ['5n', 5n],
  ['a symbol', Symbol('wrong')],
  ['[]', []],
  ['[null]', [null]],
  ["['text']", ['text']],
  ['{}', {}],
  ['{ x: null }', { x: null }],
  ['a map', new Map([['x', 1]])],
  ['a promise', Promise.resolve({})],
  ['a function', () => undefined],
];

/** The system says that a file does not exist. */
const isSystemError = (error: unknown): boolean => (error as { readonly code?: unknown }).code === 'ENOENT';

/** Runs a call to its end: a promise to its value, a generator to its last value. */
async function finished(call: () => unknown): Promise<void> {
  const value = await call();
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return;
  for await (const each of value as AsyncIterable<unknown>) void each;
}

const cacheTerms = () => ({ ttlMs: 300_000, minTokens: 1024 });

/** An object of options or members, not a store. */
const isPlain = (value: unknown): value is object =>
  Object.getPrototypeOf(value ?? 0) === Object.prototype && !('scan' in (value as object));

/** Functions whose argument has names of the caller's choice. */
const HAS_OTHER_NAMES: ReadonlySet<string> = new Set(['randomMix', 'checkPrices']);

/** The arguments with one of them, or one option in it, replaced. */
function* replaced(given: readonly unknown[]): Generator<readonly [string, readonly unknown[]]> {
  for (const [index, argument] of given.entries()) {
    for (const [label, value] of WRONG) yield [`argument ${index} is ${label}`, given.with(index, value)];
    if (!isPlain(argument)) continue;
    for (const [name, member] of Object.entries(argument)) {
      for (const [label, value] of WRONG) {
        // What the caller's own function returns is not an argument.
        if (typeof member === 'function' && typeof value === 'function') continue;
        yield [`${name} of argument ${index} is ${label}`, given.with(index, { ...argument, [name]: value })];
      }
    }
  }
}

describe.each(Object.entries(CALLS))('outcome-router/%s', (_, [entry, calls]) => {
  const names = Object.keys(entry).filter(name => typeof entry[name] === 'function');

  test('every function that the entry exports is called in this test', () => {
    expect(Object.keys(calls).toSorted()).toEqual(names.toSorted());
  });

  test.each(names)('%s accepts a wrong argument or throws a RouterError', async name => {
    const call = entry[name] as Loose;
    const make = calls[name] as () => unknown;
    const bare: string[] = [];
    const count = [...replaced((await make()) as readonly unknown[])].length;
    for (let index = 0; index < count; index++) {
      // Made again for every call: a store or an import is not used twice.
      const [label, given] = [...replaced((await make()) as readonly unknown[])][index] as readonly [
        string,
        readonly unknown[],
      ];
      try {
        await finished(() => call(...given));
      } catch (error) {
        if (!RouterError.isInstance(error) && !isSystemError(error)) bare.push(`${label}: ${String(error)}`);
      }
    }
    expect(bare).toEqual([]);
  });

  test.each(names)('%s refuses an option that does not exist, and suggests the one that was meant', async name => {
    const call = entry[name] as Loose;
    for (const [index, argument] of ((await (calls[name] as () => unknown)()) as readonly unknown[]).entries()) {
      if (
        entry === contracts ||
        !isPlain(argument) ||
        HAS_OTHER_NAMES.has(name) ||
        'decide' in argument ||
        'truth' in argument
      )
        continue;
      const [option] = Object.keys(argument);
      if (option === undefined) continue;
      const given = (await (calls[name] as () => unknown)()) as readonly unknown[];
      const misspelt = finished(() => call(...given.with(index, { ...argument, [`${option}x`]: 1 })));
      await expect(misspelt).rejects.toMatchObject({
        code: 'invalid-value',
        message: expect.stringContaining(`did you mean "${option}"?`),
      });
    }
  });
});

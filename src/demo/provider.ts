/** The demo's world as the models and faults of a fake provider. */
import { seededRandom } from '../core/math/random.ts';
import type { FakeModel, TokenCounts } from '../testing/fake-model.ts';
import type { FakeProvider } from '../testing/fake-provider.ts';
import { startFakeProvider } from '../testing/fake-provider.ts';
import type { FakeFault, FaultRequest } from '../testing/faults.ts';
import type { DemoFeatureName, DemoModelName } from './world.ts';
import { DEMO_FEATURE_NAMES, DEMO_MODELS, demoFeature } from './world.ts';

/** Fraction of requests that first get a 429. */
const BUSY = 0.02;
/** Fraction of streams that end too early. */
const BROKEN_STREAMS = 0.02;

export async function startDemoProvider(seed: string | number): Promise<FakeProvider> {
  const names = Object.keys(DEMO_MODELS) as DemoModelName[];
  return startFakeProvider({
    models: Object.fromEntries(names.map(name => [DEMO_MODELS[name].model, fakeModel(name)])),
    seed,
    faults: faults(seed),
    keepsRequests: 1,
  });
}

function fakeModel(name: DemoModelName): FakeModel {
  const { inputUsd, outputUsd } = DEMO_MODELS[name];
  const known = DEMO_FEATURE_NAMES.flatMap(feature => {
    const own = demoFeature(feature).models[name];
    return own === undefined ? [] : [[feature, own] as const];
  });
  const tokens = new Map(
    known.map(([feature, { inputTokens, outputTokens }]): [string, TokenCounts] => [
      feature,
      { input: around(inputTokens), output: around(outputTokens) },
    ]),
  );
  return {
    price: { input: inputUsd, output: outputUsd },
    success: Object.fromEntries(known.map(([feature, { success }]) => [feature, success])),
    tokens: ({ feature = '' }) => tokens.get(feature) ?? {},
  };
}

/** Lengths vary by up to 40 % around the mean. */
function around(mean: number): readonly [least: number, most: number] {
  const spread = Math.floor(mean * 0.4);
  return [mean - spread, mean + spread];
}

/**
 * Some requests first get a 429 (retry after 5 ms), and some streams end too early. Which ones depends only on the seed and the
 * task, so the order of requests does not matter.
 */
function faults(seed: string | number): (request: FaultRequest) => FakeFault | undefined {
  const seen = new Set<string>();
  return ({ text, stream }) => {
    const task = /\[task:([^\]]*)\]/.exec(text)?.[1] ?? '';
    if (seen.has(task)) return undefined;
    seen.add(task);
    const drawn = seededRandom(`${seed}/fault/${task}`).next();
    if (drawn < BUSY) return { kind: 'status', status: 429, retryAfter: { ms: 5 } };
    if (stream && drawn > 1 - BROKEN_STREAMS) return { kind: 'truncate', afterEvents: 4 };
    return undefined;
  };
}

/** The beginning of every message of the demo, by which the fake provider recognizes feature and task. */
export function taskTags(feature: DemoFeatureName, task: string): string {
  return `[feature:${feature}] [task:${task}]`;
}

/** An application that records no outcomes, as it hears of it: once, early, and only where nothing else makes outcomes. */
import { afterEach, expect, test, vi } from 'vitest';
import type { FeatureConfig } from '../../../src/config/application.ts';
import type { Fault, Observer } from '../../../src/contracts/observer.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { outcomeWatch } from '../../../src/engine/state/unrecorded.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { renderReport } from '../../../src/cli/text/report-text.ts';
import { cellsOf, many } from '../../core/support/cells.ts';

const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini' },
  premium: { provider: 'openai', model: 'gpt-5' },
} as const;

const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
afterEach(() => emitted.mockClear());

interface Setting {
  readonly feature?: Partial<FeatureConfig<'mini' | 'premium'>>;
  readonly observers?: readonly Observer[];
  readonly store?: Store;
}

function routerOf({ feature = {}, observers = [], store = memory() }: Setting = {}) {
  const router = createRouterOn(testRuntime(), {
    models,
    features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 15, ...feature } },
    store,
    observers,
    seed: 1,
  });
  async function run(calls: number, record = false): Promise<void> {
    for (let i = 0; i < calls; i++) {
      const intent = router.feature('f').intent();
      await router.run('f', async () => ({ value: 'ok', costUsd: 0.001 }), { intent });
      if (record) await intent.succeed();
    }
    await router.flush();
    // What is told is loaded only then.
    await vi.dynamicImportSettled();
  }
  return { router, run, store };
}

test('after 100 intents without any outcome one warning names the feature and shows how to record them, and no second follows', async () => {
  const { run } = routerOf();
  await run(99);
  expect(emitted).not.toHaveBeenCalled();
  await run(1);
  expect(emitted).toHaveBeenCalledOnce();
  const [text, options] = emitted.mock.calls[0] as unknown as [string, object];
  expect(text).toContain('no outcome of the first 100 intents of "f" is recorded');
  expect(text).toContain('await intent.succeed()');
  expect(text).toContain('silence: {');
  expect(options).toEqual({ type: 'OutcomeRouterWarning', code: 'NO_OUTCOMES' });
  await run(150);
  expect(emitted).toHaveBeenCalledOnce();
});

test('where an observer takes faults, it gets the error, and the process prints no warning', async () => {
  const faults: Fault[] = [];
  const { run } = routerOf({ observers: [{ name: 'test', faulted: fault => void faults.push(fault) }] });
  await run(250);
  expect(faults).toMatchObject([{ where: 'outcome', feature: 'f', error: { path: 'features["f"]' } }]);
  expect(emitted).not.toHaveBeenCalled();
});

test.each<[string, Setting]>([
  ['silence means success', { feature: { silence: { after: '1d', means: 'success' } } }],
  ['silence means failure', { feature: { silence: { after: '1d', means: 'failure' } } }],
])('nothing is reported where %s, because every intent gets an outcome', async (_, setting) => {
  await routerOf(setting).run(250);
  expect(emitted).not.toHaveBeenCalled();
});

test('a feature is reported once, however its intents arrive: one by one or in a later read of the store', async () => {
  const faults: Fault[] = [];
  const watch = outcomeWatch(new Map([['f', {}]]), { warn: () => {}, faulted: fault => void faults.push(fault) });
  const ended = async (intents: number) => {
    watch('f', cellsOf(many(intents, {})));
    await vi.dynamicImportSettled();
    return faults.length;
  };
  expect([await ended(99), await ended(1), await ended(1), await ended(500)]).toEqual([0, 1, 1, 1]);
});

test('silence that means unknown does not count as an outcome, and the missing outcomes are reported', async () => {
  await routerOf({ feature: { silence: { after: '1d', means: 'unknown' } } }).run(250);
  expect(emitted).toHaveBeenCalledOnce();
});

test('one outcome among the first hundred is enough to give no warning', async () => {
  const { run } = routerOf();
  await run(1, true);
  await run(250);
  expect(emitted).not.toHaveBeenCalled();
});

test('outcomes that another process has recorded in the store count, and so do its intents without an outcome', async () => {
  const recorded = routerOf();
  await recorded.run(1, true);
  await routerOf({ store: recorded.store }).run(250);
  expect(emitted).not.toHaveBeenCalled();

  const silent = routerOf();
  await silent.run(60);
  await routerOf({ store: silent.store }).run(60);
  expect(emitted).toHaveBeenCalledOnce();
});

test('the explanation begins with the warning and ranks nothing; the report shows how to record, and no possible savings', async () => {
  const { router, run } = routerOf();
  await run(300);
  const { notes, summary, decision, plans } = await router.explain('f');
  expect(notes[0]).toMatch(
    /^No outcome has ever been recorded: what follows is the prior\. Record each outcome .*succeed/u,
  );
  expect(summary).toBe('Which plan costs least is not known: no outcome was ever recorded.');
  expect(decision).toBeUndefined();
  for (const { reason } of plans) expect(reason).toMatch(/^assumed, not observed; /u);
  const report = await router.report();
  expect(report.possibleSavings).toEqual([]);
  expect(report.features[0]?.decision).toBeUndefined();
  const text = renderReport(report);
  expect(text).toContain('No outcome of these intents is recorded');
  expect(text).toContain('await intent.succeed()');
  expect(text).not.toContain('Largest possible savings');
});

test('with the first outcome the plans are ranked again', async () => {
  const { router, run } = routerOf();
  await run(20);
  await run(1, true);
  const { notes, summary, decision } = await router.explain('f');
  expect(notes.join()).not.toContain('No outcome');
  expect(summary).toContain('has the lowest expected total cost');
  expect(decision).toBeDefined();
});

test('a configured prior is described as one, and ranks the plans', async () => {
  const { router, run } = routerOf({ feature: { prior: { mini: { success: 0.6 }, premium: { success: 0.9 } } } });
  await run(20);
  const { notes, decision } = await router.explain('f');
  expect(notes[0]).toContain('what follows is the prior');
  expect(decision?.preferred.plan).toBe('premium');
});

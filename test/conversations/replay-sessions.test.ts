import { expect, test, vi } from 'vitest';
import { replaySessions } from '../../src/conversations/replay-sessions.ts';
import type { TracedIntent } from '../../src/conversations/session-trace.ts';

const MODELS = {
  mini: { provider: 'openai', model: 'gpt-5-mini' },
  premium: { provider: 'openai', model: 'gpt-5' },
} as const;

const intent = (i: number, models: readonly string[] = ['mini', 'premium']): TracedIntent => ({
  session: `s${i % 4}`,
  feature: 'chat',
  atMs: 1e12 + 30_000 * i,
  answers: Object.fromEntries(
    models.map(model => [
      model,
      { success: model === 'mini' ? 0.5 : 1, requests: [{ inputTokens: i < 4 ? 3000 : 200, outputTokens: 50 }] },
    ]),
  ),
});
const INTENTS = Array.from({ length: 60 }, (_, i) => intent(i));

test('the router is compared with itself without sessions, with pinned sessions and with each model alone', async () => {
  const { strategies, ...about } = await replaySessions(INTENTS, { models: MODELS, failureCostUsd: 1, runs: 2 });
  expect(about).toEqual({ intents: 60, sessions: 4, runs: 2 });
  expect(strategies.map(({ strategy }) => strategy)).toEqual([
    'no-sessions',
    'sessions',
    'pin-first',
    'always:mini',
    'always:premium',
  ]);
  for (const each of strategies) {
    expect(each.costPerIntentUsd).toBeCloseTo(each.totalUsd / 60, 12);
    expect(each.totalUsd).toBeCloseTo(each.spendUsd + 60 * (1 - each.successRate), 9);
    expect(Object.values(each.chosen).reduce((sum, n) => sum + n, 0)).toBe(60);
  }
  expect(strategies[0]?.overNoSessions).toEqual({ value: 0, low: 0, high: 0 });
  expect(strategies.at(-1)).toMatchObject({ successRate: 1, switches: 0 });
  const [base, last] = [strategies[0]?.totalUsd ?? 0, strategies.at(-1)];
  expect(last?.overNoSessions.value).toBeCloseTo((last?.totalUsd ?? 0) / base - 1, 0);
});

test('intents in any order are replayed by their times, and an empty list is refused', async () => {
  const options = { models: MODELS, failureCostUsd: 1, runs: 1 };
  expect(await replaySessions(INTENTS.toReversed(), options)).toEqual(await replaySessions(INTENTS, options));
  await expect(replaySessions([], options)).rejects.toMatchObject({
    code: 'invalid-value',
    accepted: 'at least one intent',
  });
});

test('a model that only some runs chose counts among the models that were chosen', async () => {
  const { strategies } = await replaySessions([intent(0)], { models: MODELS, failureCostUsd: 1, runs: 20 });
  expect(Object.keys(strategies[0]?.chosen ?? {}).sort()).toEqual(['mini', 'premium']);
  for (const { chosen } of strategies) expect(Object.values(chosen).reduce((sum, n) => sum + n, 0)).toBeCloseTo(1, 12);
});

test('models of two vendors are replayed without a warning, because no client is called', async () => {
  // The text of the warning is loaded later; a short replay would end before that.
  await import('../../src/engine/state/reach-words.ts');
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const models = { ...MODELS, premium: { provider: 'anthropic', model: 'claude-sonnet-4-5' } } as const;
  await replaySessions(INTENTS, { models, failureCostUsd: 1, runs: 1 });
  expect(warned.mock.calls).toEqual([]);
  warned.mockRestore();
});

test('a model that one feature lacks is not compared as the single model for everything', async () => {
  const other = { ...intent(60, ['mini']), feature: 'other' };
  const { strategies } = await replaySessions([...INTENTS, other], { models: MODELS, failureCostUsd: 1, runs: 1 });
  expect(strategies.map(({ strategy }) => strategy)).not.toContain('always:premium');
});

test('intents of one feature have answers by the same models, each of which is configured', async () => {
  const options = { models: MODELS, failureCostUsd: 1, runs: 1 };
  await expect(replaySessions([intent(0), intent(1, ['mini'])], options)).rejects.toMatchObject({
    code: 'invalid-data',
    path: 'session s1',
  });
  await expect(replaySessions([intent(0, ['minni'])], options)).rejects.toMatchObject({
    code: 'unknown-model',
    accepted: ['mini', 'premium'],
  });
});

test('progress is reported in intents of all strategies and runs', async () => {
  const told: number[] = [];
  await replaySessions(INTENTS.slice(0, 3), {
    models: MODELS,
    failureCostUsd: 1,
    runs: 2,
    progress: intents => void told.push(intents),
  });
  expect(told.at(-1)).toBe(3 * 5 * 2);
});

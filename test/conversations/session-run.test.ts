import { describe, expect, test } from 'vitest';
import type { Strategy } from '../../src/conversations/session-run.ts';
import { runSessions } from '../../src/conversations/session-run.ts';
import type { TracedIntent } from '../../src/conversations/session-trace.ts';
import { seededRandom } from '../../src/core/math/random.ts';

const MODELS = {
  haiku: { provider: 'anthropic', model: 'claude-haiku-4-5' },
  sonnet: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
} as const;
/** Nano-dollars per token, as the vendor publishes them, and the shortest prefix that it keeps. */
const RATES = {
  haiku: { input: 1000, read: 100, write: 1250, output: 5000, least: 4096 },
  sonnet: { input: 3000, read: 300, write: 3750, output: 15_000, least: 1024 },
};

const random = seededRandom('traces');
const INTENTS: readonly TracedIntent[] = Array.from({ length: 120 }, (_, i) => {
  const inputTokens = i < 6 ? 2000 + Math.floor(3000 * random.next()) : 100 + Math.floor(900 * random.next());
  const requests = [
    { inputTokens, outputTokens: 50 },
    { inputTokens: 70, outputTokens: 20 },
  ];
  const answers = { haiku: { success: 0, requests: requests.slice(0, 1) }, sonnet: { success: 1, requests } };
  return {
    session: `s${i % 6}`,
    feature: i % 2 === 0 ? 'easy' : 'hard',
    atMs: 1e12 + 20_000 * i * (i % 20 === 0 ? 3 : 1),
    answers,
  };
}).toSorted((a, b) => a.atMs - b.atMs);

const run = async (strategy: Strategy) =>
  runSessions(INTENTS, strategy, {
    models: MODELS,
    candidates: new Map([
      ['easy', ['haiku', 'sonnet'] as const],
      ['hard', ['haiku', 'sonnet'] as const],
    ]),
    failureCostUsd: 0.05,
    hitRate: 1,
    seed: 'a',
  });

/** The bill of one model for everything, counted token by token. */
function bill(model: keyof typeof RATES) {
  const { input, read, write, output, least } = RATES[model];
  const sessions = new Map<string, { context: number; held: number; atMs: number }>();
  let nano = 0;
  for (const { session, atMs, answers } of INTENTS) {
    const known = sessions.get(session) ?? { context: 0, held: 0, atMs: 0 };
    for (const { inputTokens, outputTokens } of answers[model]?.requests ?? []) {
      const cached = atMs - known.atMs < 300_000 && known.held >= least ? known.held : 0;
      const prompt = known.context + inputTokens;
      const unread = prompt >= least ? write : input;
      nano += cached * read + (prompt - cached) * unread + outputTokens * output;
      sessions.set(session, Object.assign(known, { context: prompt + outputTokens, held: prompt, atMs }));
    }
  }
  return nano;
}

describe('one run over session traces', () => {
  test.each(['haiku', 'sonnet'] as const)(
    'the spend of always %s is the bill of one model for every session',
    async model => {
      const totals = await run({ model });
      expect(totals.spendNanoUsd).toBe(bill(model));
      expect(totals).toMatchObject({ switches: 0, chosen: { [model]: 120 }, successes: model === 'sonnet' ? 120 : 0 });
      expect(totals.failureUsd).toBeCloseTo(model === 'sonnet' ? 0 : 120 * 0.05, 9);
    },
  );

  test('a pinned session stays with its first model, whichever feature asks', async () => {
    expect((await run('pin-first')).switches).toBe(0);
    expect((await run('no-sessions')).switches).toBeGreaterThan(0);
  });

  test('the same seed gives the same figures', async () => {
    expect(await run('sessions')).toEqual(await run('sessions'));
  });

  test('the router learns only from outcomes of its own choices', async () => {
    const { chosen } = await run('sessions');
    expect(chosen['sonnet']).toBeGreaterThan(80);
  });
});

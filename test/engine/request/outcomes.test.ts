import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../../src/errors.ts';
import { createRouter } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { chat, chatStream, hang, status } from '../../support/scripted-server.ts';
import type { Feature } from '../../support/routed.ts';
import { closeAll, hasty, routed } from '../../support/routed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(closeAll);

const signals = {
  resolved: true,
  contactedSupport: false,
  stars: (stars: number) => stars >= 4,
} as const satisfies Feature['signals'];

async function answered(feature: Feature = {}, options: Parameters<typeof routed>[2] = {}) {
  const it = await routed([chat('hi')], { signals, ...feature }, options);
  const intent = it.router.feature('support').intent();
  await it.ask(intent.model);
  const signal = async (name: keyof typeof signals, ...value: [number] | []) =>
    intent.signal(name as never, ...(value as [never]));
  /** What the plan's cell says, and whether it is what the ledger says. */
  const plan = async () => {
    const { grown, rebuilt } = await it.cells();
    expect(grown).toEqual(rebuilt);
    return (await it.store.cells('support')).find(cell => cell.key.scope === 'plan')?.sums;
  };
  return { ...it, intent, signal, plan };
}

describe('precedence', () => {
  test('what was said explicitly outranks every signal, before and after it', async () => {
    const { intent, signal } = await answered();
    expect(await signal('contactedSupport')).toMatchObject({ state: 'failure', source: 'implicit' });
    expect(await intent.succeed()).toMatchObject({ state: 'success', source: 'explicit' });
    expect(await signal('contactedSupport')).toMatchObject({ state: 'success', source: 'explicit' });
  });

  test('among equals the last one wins', async () => {
    const { intent, signal } = await answered();
    await signal('stars', 5);
    expect(await signal('stars', 1)).toMatchObject({ state: 'failure' });
    expect(await signal('resolved')).toMatchObject({ state: 'success' });
    await intent.fail();
    expect(await intent.succeed()).toMatchObject({ state: 'success' });
    expect(await intent.fail()).toMatchObject({ state: 'failure' });
  });

  test('a second outcome that contradicts the first corrects it, and the statistics are as if it had been said first', async () => {
    const corrected = await answered({}, { runtime: testRuntime() });
    await corrected.intent.succeed();
    await corrected.intent.fail();
    const direct = await answered({}, { runtime: testRuntime() });
    await direct.intent.fail();
    expect(await corrected.plan()).toEqual(await direct.plan());
    expect((await corrected.ledger()).map(({ kind }) => kind)).toEqual([
      'decided',
      'attempted',
      'labelled',
      'corrected',
    ]);
  });

  test('revoked, what was said explicitly counts no more, and signals count again', async () => {
    const { intent, signal, plan } = await answered();
    await intent.succeed();
    expect(await intent.revoke()).toMatchObject({ state: 'pending' });
    expect(await plan()).not.toHaveProperty('labelled');
    await signal('contactedSupport');
    await intent.succeed();
    expect(await intent.revoke()).toMatchObject({ state: 'failure', source: 'implicit' });
    expect(await intent.succeed()).toMatchObject({ state: 'success' });
  });
});

describe('cost of a failure', () => {
  test('what it actually cost replaces what was expected, and only for this intent', async () => {
    const { intent, plan, router, ask } = await answered();
    await intent.fail({ escalated: true, costUsd: 22.5 });
    const other = router.feature('support').intent({ failureCostUsd: 200 });
    await ask(other.model);
    await other.fail();
    // $22.50 that was recorded, and $200 that is expected of the other.
    expect(await plan()).toMatchObject({ failureCost: 222_500_000_000n, labelled: 2n });
  });

  test('a later word on the cost replaces the earlier one', async () => {
    const { intent, plan } = await answered();
    await intent.fail({ costUsd: 22.5 });
    expect(await intent.fail({ costUsd: 7 })).toMatchObject({ costNanoUsd: 7_000_000_000 });
    expect(await plan()).toMatchObject({ failureCost: 7_000_000_000n, labelled: 1n });
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '3' as unknown as number])('%s is no cost', async costUsd => {
    const { intent, ledger } = await answered();
    const error = await intent.fail({ costUsd }).catch((caught: unknown) => caught);
    expect(RouterError.isInstance(error) && [error.code, error.path]).toEqual(['invalid-value', 'outcome.costUsd']);
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
  });
});

describe('idempotency', () => {
  test('the same word again adds nothing to the ledger', async () => {
    const { intent, signal, ledger } = await answered();
    for (let i = 0; i < 3; i++) {
      await intent.fail({ costUsd: 3 });
      await signal('stars', 2);
    }
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'labelled', 'corrected']);
  });

  test('a key is recorded once, whatever is said with it the second time', async () => {
    const { intent, ledger } = await answered();
    await intent.outcome({ success: true, key: 'webhook-1' });
    expect(await intent.outcome({ success: false, key: 'webhook-1' })).toMatchObject({ state: 'success' });
    expect((await ledger()).filter(({ kind }) => kind === 'labelled' || kind === 'corrected')).toHaveLength(1);
  });

  test('both from another process too, at the same moment', async () => {
    const store = join(directory, 'keys.db');
    const here = await answered({}, { store: sqlite(store) });
    await here.router.flush();
    const there = await routed([], { signals }, { store: sqlite(store) });
    const elsewhere = there.router.feature('support');
    const word = { success: false, costUsd: 3, key: 'webhook-2' };
    const outcomes = await Promise.all([
      here.intent.outcome(word),
      elsewhere.outcome(here.intent.id, word),
      elsewhere.outcome(here.intent.id, word),
      here.intent.outcome(word),
    ]);
    await Promise.all([here.intent.outcome({ success: true }), elsewhere.outcome(here.intent.id, { success: true })]);
    expect(outcomes.map(({ state }) => state)).toEqual(['failure', 'failure', 'failure', 'failure']);
    const records = await here.ledger();
    expect(records.filter(({ kind }) => kind === 'labelled')).toHaveLength(1);
    expect(records.filter(({ kind }) => kind === 'corrected').length).toBeLessThanOrEqual(2);
    expect(await here.plan()).toMatchObject({ labelled: 1n, successes: 1n });
    await Promise.all([here.close(), there.close()]);
  });
});

describe('when it is said', () => {
  test('late: after a restart, on the same file', async () => {
    const path = join(directory, 'late.db');
    const before = await answered({}, { store: sqlite(path) });
    await before.close();
    const after = await routed([], { signals }, { store: sqlite(path) });
    expect(await after.router.feature('support').outcome(before.intent.id, { success: true })).toMatchObject({
      state: 'success',
    });
    expect((await after.ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'labelled']);
    const { grown, rebuilt } = await after.cells();
    expect(grown).toEqual(rebuilt);
    await after.close();
  });

  test('before the reply has come', async () => {
    const controller = new AbortController();
    const { router, ask, ledger, server } = await routed([hang]);
    const intent = router.feature('support').intent();
    const call = ask(intent.model, {}, controller.signal).catch(() => {});
    while (server.received.length === 0) await new Promise(setImmediate);
    await intent.fail();
    controller.abort();
    await call;
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted']);
  });

  test('between the pieces of a stream', async () => {
    const { router, ask, ledger, cells } = await routed([chatStream(['a', 'b'])]);
    const intent = router.feature('support').intent();
    const response = await ask(intent.model, { stream: true });
    await intent.succeed();
    await response.text();
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted']);
    const { grown, rebuilt } = await cells();
    expect(grown).toEqual(rebuilt);
  });

  test('before the first request: the intent is decided then, and its request keeps the decision', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { signals });
    const intent = router.feature('support').intent({ session: 's', failureCostUsd: 200 });
    expect(await intent.fail()).toMatchObject({ state: 'failure' });
    await ask(intent.model);
    const records = await ledger();
    expect(records.map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted']);
    expect(records[0]).toMatchObject({ session: 's', failureCostNanoUsd: 200_000_000_000 });
  });

  test('of an id that nobody has routed: refused, with what would be accepted', async () => {
    const { router, ledger } = await routed([chat('hi')]);
    const error = await router
      .feature('support')
      .outcome('no-such-intent', { success: true })
      .catch((caught: unknown) => caught);
    expect(RouterError.isInstance(error) && error.code).toBe('unknown-intent');
    expect(await ledger()).toEqual([]);
  });

  test('of an intent of another feature: refused', async () => {
    const { intent, store, ledger } = await answered();
    await ledger();
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const other = createRouter({
      models: { mini: { provider: 'openai', model: 'mini-1', price } },
      features: { sales: { candidates: ['mini'], failureCostUsd: 1 } },
      store,
    });
    await expect(other.feature('sales').outcome(intent.id, { success: true })).rejects.toMatchObject({
      code: 'unknown-intent',
    });
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
  });
});

describe('silence', () => {
  const HOUR = 3_600_000;
  const quiet = { silence: { after: '1h', means: 'success' } } as const;
  /** Time passes, and nothing is swept unless a test does it. */
  const unswept = () => ({ ...testRuntime(), every: () => () => {} });

  test('settles an intent when its time has come, and not before', async () => {
    const runtime = unswept();
    const { router, intent, ledger } = await answered(quiet, { runtime });
    await router.flush();
    runtime.advance(HOUR - 1_000);
    expect(await router.labelSilentIntents()).toBe(0);
    runtime.advance(2_000);
    expect(await router.labelSilentIntents()).toBe(1);
    expect(await router.labelSilentIntents()).toBe(0);
    expect((await ledger()).at(-1)).toMatchObject({
      kind: 'labelled',
      intentId: intent.id,
      evidence: { source: 'silence', success: true },
    });
  });

  test('is no outcome where nobody has had a reply: an outage satisfies no user', async () => {
    const runtime = unswept();
    const { router, ask, ledger } = await routed([status(503)], { ...quiet, retries: 0 }, { runtime });
    expect((await ask()).status).toBe(503);
    await router.flush();
    runtime.advance(2 * HOUR);
    expect(await router.labelSilentIntents()).toBe(0);
    expect((await ledger()).map(({ kind }) => kind)).not.toContain('labelled');
  });

  test('is broken by whoever is just asking again', async () => {
    const runtime = unswept();
    const release: (() => void)[] = [];
    const slow: Answer = (request, response) => void release.push(() => chat('hi')(request, response));
    const { router, ask, ledger } = await routed([chat('hi'), slow], quiet, { runtime });
    const intent = router.feature('support').intent();
    await ask(intent.model);
    await router.flush();
    const second = ask(intent.model);
    await vi.waitFor(() => expect(release).toHaveLength(1));
    runtime.advance(2 * HOUR);
    expect(await router.labelSilentIntents()).toBe(0);
    release[0]?.();
    await second;
    runtime.advance(2 * HOUR);
    expect(await router.labelSilentIntents()).toBe(1);
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted', 'labelled']);
  });

  test('a report leaves out those it has not spoken for: what is heard before is mostly failures', async () => {
    const runtime = unswept();
    const { router, signal } = await answered(quiet, { runtime });
    await signal('contactedSupport');
    const [early] = (await router.report()).features;
    expect(early).toMatchObject({ intents: 1, failures: 1, awaitingSilence: 1, success: { value: Number.NaN } });
    runtime.advance(2 * HOUR);
    expect((await router.report()).features[0]).toMatchObject({ awaitingSilence: 0, success: { value: 0 } });
  });

  test('sweeps by itself', async () => {
    const runtime = testRuntime();
    const { router, ledger } = await answered(quiet, { runtime });
    await router.flush();
    runtime.advance(2 * HOUR);
    while ((await ledger()).length < 3) await new Promise(setImmediate);
    expect((await ledger()).at(-1)).toMatchObject({ evidence: { source: 'silence' } });
    await router.close();
  });

  test('counts from the last reply: another turn begins it anew', async () => {
    const runtime = unswept();
    const { router, ask, intent } = await answered(quiet, { runtime });
    runtime.advance(HOUR / 2);
    await ask(intent.model);
    await router.flush();
    runtime.advance(HOUR / 2 + 1_000);
    expect(await router.labelSilentIntents()).toBe(0);
    runtime.advance(HOUR / 2);
    expect(await router.labelSilentIntents()).toBe(1);
  });

  test('is outranked by everything, earlier and later', async () => {
    const runtime = unswept();
    const { router, signal, intent, plan } = await answered(quiet, { runtime });
    await router.flush();
    runtime.advance(2 * HOUR);
    await router.labelSilentIntents();
    expect(await plan()).toMatchObject({ successes: 1n });
    expect(await signal('contactedSupport')).toMatchObject({ state: 'failure', source: 'implicit' });
    expect(await plan()).not.toHaveProperty('successes');
    expect(await intent.succeed()).toMatchObject({ state: 'success', source: 'explicit' });
    runtime.advance(2 * HOUR);
    expect(await router.labelSilentIntents()).toBe(0);
  });

  test('that means nothing leaves the intent unknown, not failed', async () => {
    const runtime = unswept();
    const { router, ledger, plan } = await answered({ silence: { after: '1h', means: 'unknown' } }, { runtime });
    await router.flush();
    runtime.advance(2 * HOUR);
    expect(await router.labelSilentIntents()).toBe(1);
    expect((await ledger()).at(-1)).toMatchObject({ evidence: { source: 'silence', success: null } });
    expect(await plan()).not.toHaveProperty('labelled');
    expect(await router.labelSilentIntents()).toBe(0);
  });

  test('settles what an earlier process left, from the file', async () => {
    const path = join(directory, 'silence.db');
    const runtime = unswept();
    const before = await answered(quiet, { runtime, store: sqlite(path) });
    await before.close();
    runtime.advance(2 * HOUR);
    const after = await routed([], { ...quiet, signals }, { runtime, store: sqlite(path) });
    expect(await after.router.labelSilentIntents()).toBe(1);
    expect(await after.router.feature('support').resume(before.intent.id).fail()).toMatchObject({ state: 'failure' });
    await after.close();
  });

  test('of a feature that is configured no more leaves its intents alone, and the sweep ends', async () => {
    const store = memory();
    const runtime = unswept();
    const before = await answered(quiet, { runtime, store });
    await before.router.flush();
    runtime.advance(2 * HOUR);
    const after = await routed([], {}, { runtime, store });
    expect(await after.router.labelSilentIntents()).toBe(0);
  });
});

test('whatever is said in whatever order: the statistics are what the ledger says, and the last word of the highest source stands', async () => {
  const word = fc.oneof(
    fc.record({ say: fc.constant('outcome' as const), success: fc.boolean(), costUsd: fc.option(fc.nat(50)) }),
    fc.record({ say: fc.constant('revoke' as const) }),
    fc.record({ say: fc.constant('stars' as const), stars: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ say: fc.constant('ask' as const) }),
  );
  const it = await routed([chat('hi')], { signals }, { runtime: hasty() });
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), async words => {
      const intent = it.router.feature('support').intent();
      let explicit: boolean | undefined;
      let implicit: boolean | undefined;
      let outcome: Outcome | undefined;
      for (const said of words) {
        if (said.say === 'ask') await it.ask(intent.model);
        else if (said.say === 'revoke') {
          outcome = await intent.revoke();
          explicit = undefined;
        } else if (said.say === 'stars') {
          outcome = await intent.signal('stars' as never, ...([said.stars] as unknown as []));
          implicit = said.stars >= 4;
        } else {
          const { success, costUsd } = said;
          outcome = await intent.outcome(costUsd === null ? { success } : { success, costUsd });
          explicit = success;
        }
      }
      const stands = explicit ?? implicit;
      if (outcome !== undefined) {
        expect(outcome.state).toBe(stands === undefined ? 'pending' : stands ? 'success' : 'failure');
      }
    }),
    { numRuns: 100, seed: 7 },
  );
  const { grown, rebuilt } = await it.cells();
  expect(grown).toEqual(rebuilt);
});

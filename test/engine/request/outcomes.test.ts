import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../../src/errors.ts';
import { createRouter } from '../../../src/create-router.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { chat, chatStream, hang } from '../../support/scripted-server.ts';
import { closeAll, hasty, routed } from '../../support/routed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { answered, signals } from './answered.ts';

const directory = temporaryFolder();
afterEach(closeAll);

describe('precedence of evidence', () => {
  test('an explicit outcome outranks every signal, earlier or later', async () => {
    const { intent, signal } = await answered();
    expect(await signal('contactedSupport')).toMatchObject({ state: 'failure', source: 'implicit' });
    expect(await intent.succeed()).toMatchObject({ state: 'success', source: 'explicit' });
    expect(await signal('contactedSupport')).toMatchObject({ state: 'success', source: 'explicit' });
  });

  test('among evidence of one source the last one counts', async () => {
    const { intent, signal } = await answered();
    await signal('stars', 5);
    expect(await signal('stars', 1)).toMatchObject({ state: 'failure' });
    expect(await signal('resolved')).toMatchObject({ state: 'success' });
    await intent.fail();
    expect(await intent.succeed()).toMatchObject({ state: 'success' });
    expect(await intent.fail()).toMatchObject({ state: 'failure' });
  });

  test('a second outcome that contradicts the first corrects it, and the statistics are as if only the second had been recorded', async () => {
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

  test('an outcome that repeats this process’s last one is recorded if another process has corrected it meanwhile', async () => {
    const path = join(directory, 'corrected-there.db');
    const here = await answered({}, { store: sqlite(path) });
    await here.intent.succeed();
    const there = await routed([], { signals }, { store: sqlite(path) });
    await there.router.feature('support').resume(here.intent.id).fail();
    expect(await here.intent.succeed()).toMatchObject({ state: 'success', source: 'explicit' });
    expect((await here.ledger()).map(({ kind }) => kind)).toEqual([
      'decided',
      'attempted',
      'labelled',
      'corrected',
      'corrected',
    ]);
    expect(await here.intent.succeed()).toMatchObject({ state: 'success' });
    expect(await here.ledger()).toHaveLength(5);
    await Promise.all([here.close(), there.close()]);
  });

  test('after an outcome was revoked, silence labels the intent as if the outcome had never been recorded', async () => {
    const runtime = { ...testRuntime(), every: () => () => {} };
    const { intent, router } = await answered({ silence: { after: '1h', means: 'success' } }, { runtime });
    await intent.fail();
    await intent.revoke();
    runtime.advance(3_600_000 - 1_000);
    expect(await router.labelSilentIntents()).toBe(0);
    runtime.advance(2_000);
    expect(await router.labelSilentIntents()).toBe(1);
    expect(await intent.revoke()).toMatchObject({ state: 'success', source: 'silence' });
  });

  test('a revoked outcome no longer counts, and signals count again', async () => {
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
  test('the actual cost of a failure replaces the expected cost of its intent only', async () => {
    const { intent, plan, router, ask } = await answered();
    await intent.fail({ escalated: true, costUsd: 22.5 });
    const other = router.feature('support').intent({ failureCostUsd: 200 });
    await ask(other.model);
    await other.fail();
    // $22.50 is recorded for one intent, and $200 is expected for the other.
    expect(await plan()).toMatchObject({ failureCost: 222_500_000_000n, labelled: 2n });
  });

  test('a later actual cost replaces the earlier one', async () => {
    const { intent, plan } = await answered();
    await intent.fail({ costUsd: 22.5 });
    expect(await intent.fail({ costUsd: 7 })).toMatchObject({ costNanoUsd: 7_000_000_000 });
    expect(await plan()).toMatchObject({ failureCost: 7_000_000_000n, labelled: 1n });
  });

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '3' as unknown as number])(
    '%s is refused as an actual cost, and nothing is recorded',
    async costUsd => {
      const { intent, ledger } = await answered();
      const error = await intent.fail({ costUsd }).catch((caught: unknown) => caught);
      expect(RouterError.isInstance(error) && [error.code, error.path]).toEqual(['invalid-value', 'outcome.costUsd']);
      expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
    },
  );
});

describe('idempotency', () => {
  test('repeating the same evidence appends no record', async () => {
    const { intent, signal, ledger } = await answered();
    for (let i = 0; i < 3; i++) {
      await intent.fail({ costUsd: 3 });
      await signal('stars', 2);
    }
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'labelled', 'corrected']);
  });

  test('a second outcome with the same key is ignored, even if it says otherwise', async () => {
    const { intent, ledger } = await answered();
    await intent.outcome({ success: true, key: 'webhook-1' });
    expect(await intent.outcome({ success: false, key: 'webhook-1' })).toMatchObject({ state: 'success' });
    expect((await ledger()).filter(({ kind }) => kind === 'labelled' || kind === 'corrected')).toHaveLength(1);
  });

  test('repeated evidence and keys are recorded once across processes, also at the same moment', async () => {
    const store = join(directory, 'keys.db');
    const here = await answered({}, { store: sqlite(store) });
    await here.router.flush();
    const there = await routed([], { signals }, { store: sqlite(store) });
    const elsewhere = there.router.feature('support');
    const outcome = { success: false, costUsd: 3, key: 'webhook-2' };
    const outcomes = await Promise.all([
      here.intent.outcome(outcome),
      elsewhere.outcome(here.intent.id, outcome),
      elsewhere.outcome(here.intent.id, outcome),
      here.intent.outcome(outcome),
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

describe('the moment of an outcome', () => {
  test('an outcome can be recorded after a restart on the same database file', async () => {
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

  test('an outcome can be recorded before the reply has arrived', async () => {
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

  test('an outcome can be recorded between the chunks of a stream', async () => {
    const { router, ask, ledger, cells } = await routed([chatStream(['a', 'b'])]);
    const intent = router.feature('support').intent();
    const response = await ask(intent.model, { stream: true });
    await intent.succeed();
    await response.text();
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted']);
    const { grown, rebuilt } = await cells();
    expect(grown).toEqual(rebuilt);
  });

  test('an outcome before the first request decides the intent, and its request keeps the decision', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { signals });
    const intent = router.feature('support').intent({ session: 's', failureCostUsd: 200 });
    expect(await intent.fail()).toMatchObject({ state: 'failure' });
    await ask(intent.model);
    const records = await ledger();
    expect(records.map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted']);
    expect(records[0]).toMatchObject({ session: 's', failureCostNanoUsd: 200_000_000_000 });
  });

  test('an outcome of an unknown intent is refused', async () => {
    const { router, ledger } = await routed([chat('hi')]);
    const error = await router
      .feature('support')
      .outcome('no-such-intent', { success: true })
      .catch((caught: unknown) => caught);
    expect(RouterError.isInstance(error) && error.code).toBe('unknown-intent');
    expect(await ledger()).toEqual([]);
  });

  test('an outcome recorded through a feature that is not the intent’s is refused', async () => {
    const { intent, store, ledger } = await answered();
    await ledger();
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const other = createRouter({
      models: { mini: { provider: 'openai', model: 'mini-1', price } },
      features: { sales: { candidates: ['mini'], failureCostUsd: 1 } },
      store,
    });
    await expect(other.feature('sales').outcome(intent.id, { success: true })).rejects.toMatchObject({
      code: 'intent-of-another-feature',
      message: expect.stringContaining('belongs to "support"') as string,
    });
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
  });
});

test('for any evidence in any order, the statistics equal those rebuilt from the ledger, and the last evidence of the highest source counts', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('outcome' as const), success: fc.boolean(), costUsd: fc.option(fc.nat(50)) }),
    fc.record({ do: fc.constant('revoke' as const) }),
    fc.record({ do: fc.constant('stars' as const), stars: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant('ask' as const) }),
  );
  const it = await routed([chat('hi')], { signals }, { runtime: hasty() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
      const intent = it.router.feature('support').intent();
      let explicit: boolean | undefined;
      let implicit: boolean | undefined;
      let outcome: Outcome | undefined;
      for (const step of steps) {
        if (step.do === 'ask') await it.ask(intent.model);
        else if (step.do === 'revoke') {
          outcome = await intent.revoke();
          explicit = undefined;
        } else if (step.do === 'stars') {
          outcome = await intent.signal('stars' as never, ...([step.stars] as unknown as []));
          implicit = step.stars >= 4;
        } else {
          const { success, costUsd } = step;
          outcome = await intent.outcome(costUsd === null || success ? { success } : { success, costUsd });
          explicit = success;
        }
      }
      const expected = explicit ?? implicit;
      if (outcome !== undefined) {
        expect(outcome.state).toBe(expected === undefined ? 'pending' : expected ? 'success' : 'failure');
      }
    }),
    { numRuns: 100, seed: 7 },
  );
  const { grown, rebuilt } = await it.cells();
  expect(grown).toEqual(rebuilt);
});

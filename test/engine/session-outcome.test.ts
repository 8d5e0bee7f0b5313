/** `outcomeOf: 'session'`: a session is the unit of decision, outcome and cost, in every figure and on every store. */
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { exportFocus } from '../../src/exports/focus/focus.ts';
import { createRouter } from '../../src/create-router.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import { savingsAgainst } from '../../src/replay/ledger/savings.ts';
import { memory } from '../../src/stores/memory.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { priceOf, textOf, VENDOR } from '../exports/bill/bills.ts';
import { describeOnPostgres, newSchema, openPostgres } from '../support/postgres.ts';
import type { Feature, Routed, Script } from '../support/routed.ts';
import { charged, closeAll, routed } from '../support/routed.ts';
import type { Answer } from '../support/scripted-server.ts';
import { chat, status } from '../support/scripted-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const directory = temporaryFolder();
afterEach(closeAll);

const outcomeOf = 'session' as const;
const bySession: Feature = { outcomeOf, policy: randomMix() };
/** Replies of different lengths, so that no two sessions cost the same. */
const answers: readonly Answer[] = Array.from({ length: 97 }, (_, i) =>
  chat('hi', { prompt_tokens: 100 + 7 * i, completion_tokens: 10 + i }),
);

const started = async (script: Script = answers, feature: Feature = {}, store: Store = memory()) =>
  routed(script, { ...bySession, ...feature }, { store, runtime: testRuntime({ startMs: Date.now() }) });

const intentOf = (it: Routed, session?: string) =>
  it.router.feature('support').intent(session === undefined ? {} : { session });

/** What a whole session is, counted from the records by the session's name alone, without our statistics. */
interface Recounted {
  readonly plan: string;
  readonly decisions: number;
  readonly costNanoUsd: number;
  readonly succeeded: boolean | undefined;
}

function recounted(records: readonly LedgerRecord[]): ReadonlyMap<string, Recounted> {
  const sessions = new Map<string, string>();
  const counted = new Map<string, Recounted>();
  for (const record of records)
    if (record.kind === 'decided') sessions.set(record.intentId, record.session ?? record.intentId);
  for (const record of records) {
    const session = sessions.get(record.intentId) as string;
    const known = counted.get(session) ?? { plan: '', decisions: 0, costNanoUsd: 0, succeeded: undefined };
    if (record.kind === 'decided')
      counted.set(session, { ...known, plan: record.decision.plan.join('>'), decisions: known.decisions + 1 });
    else if (record.kind === 'attempted')
      counted.set(session, { ...known, costNanoUsd: known.costNanoUsd + record.attempt.costNanoUsd });
    else counted.set(session, { ...known, succeeded: record.evidence.success ?? undefined });
  }
  return counted;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('a session as the unit of outcome', () => {
  test('the first intent of a session is decided; later ones follow its plan and have no decision of their own', async () => {
    const it = await started();
    for (const session of ['s1', 's2', 's3', 's4', 's5', 's6'])
      for (let i = 0; i < 3; i++) expect((await it.ask(intentOf(it, session).model)).status).toBe(200);
    const counted = recounted(await it.ledger());
    expect([...counted.values()].map(({ decisions }) => decisions)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set([...counted.values()].map(({ plan }) => plan))).toEqual(new Set(['mini', 'premium']));
    const asked = it.server.models.map(model => model.replace('-1', ''));
    expect(asked).toEqual([...counted.values()].flatMap(({ plan }) => [plan, plan, plan]));
  });

  test('the outcome of any intent of a session counts for the session: the last one counts, with one failure cost', async () => {
    const it = await started();
    const [first, second] = [intentOf(it, 's1'), intentOf(it, 's1')];
    await it.ask(first.model);
    await first.succeed();
    await it.ask(second.model);
    expect(await second.fail()).toMatchObject({ state: 'failure' });
    expect(first.id).toBe(second.id);
    const { features } = await it.router.report();
    expect(features[0]).toMatchObject({ intents: 1, labelled: 1, failures: 1 });
    expect(features[0]?.totalCost.failureUsd).toBe('15');
  });

  test('context and failure cost of a session are those of its first intent, whichever asks first', async () => {
    const it = await started(answers, { context: { plan: ['free', 'paid'] } });
    const support = it.router.feature('support');
    support.intent({ session: 's1', failureCostUsd: 3, context: { plan: 'paid' } });
    await it.ask(support.intent({ session: 's1', failureCostUsd: 9, context: { plan: 'free' } }).model);
    const [decided] = await it.ledger();
    expect(decided).toMatchObject({ segment: 'plan=paid', failureCostNanoUsd: 3e9, session: 's1' });
  });

  test('an outcome is recorded by the session’s name alone, and refused where no request has named the session', async () => {
    const it = await started();
    const unknown = {
      code: 'unknown-intent',
      path: 'intent.session',
      message: expect.stringContaining('"s1"') as string,
    };
    await expect(intentOf(it, 's1').fail()).rejects.toMatchObject(unknown);
    await expect(intentOf(it, 's1').revoke()).rejects.toMatchObject(unknown);
    expect(await it.ledger()).toEqual([]);
    await it.ask(intentOf(it, 's1').model);
    await intentOf(it, 's1').fail();
    await expect(intentOf(it, 's2').fail()).rejects.toMatchObject({ code: 'unknown-intent' });
    expect([...recounted(await it.ledger())]).toMatchObject([['s1', { decisions: 1, succeeded: false }]]);
  });

  test('an outcome may come before the first request of an intent without a session', async () => {
    const it = await started();
    await intentOf(it).fail();
    expect([...recounted(await it.ledger()).values()]).toMatchObject([{ decisions: 1, succeeded: false }]);
  });

  test('an intent without a session is a session of its own, and so is a request without an intent', async () => {
    const it = await started();
    for (let i = 0; i < 2; i++) await it.ask(intentOf(it).model);
    await it.ask();
    await it.ask(it.router.feature('support').intent({ id: 'mine' }).model);
    expect(recounted(await it.ledger()).size).toBe(4);
  });

  test('an intent of a session has no id of its own', async () => {
    const it = await started();
    expect(() => it.router.feature('support').intent({ session: 's1', id: 'mine' })).toThrow(/intent\.id.*whose id/);
    expect(() => it.router.feature('support').intent({ session: '' })).toThrow(/intent\.session/);
  });

  test('silence is counted from the session’s last answer, and a later intent withdraws its label', async () => {
    const runtime = { ...testRuntime(), every: () => () => {} };
    const silence = { after: '1h', means: 'success' } as const;
    const it = await routed(answers, { ...bySession, silence }, { runtime });
    await it.ask(intentOf(it, 's1').model);
    runtime.advance(40 * 60_000);
    await it.ask(intentOf(it, 's1').model);
    runtime.advance(40 * 60_000);
    expect(await it.router.labelSilentIntents()).toBe(0);
    runtime.advance(40 * 60_000);
    expect(await it.router.labelSilentIntents()).toBe(1);
    await it.ask(intentOf(it, 's1').model);
    expect((await it.router.report()).features[0]).toMatchObject({ intents: 1, labelled: 0, pending: 1 });
  });

  test('a session that has climbed continues at the model that it climbed to', async () => {
    const script = { 'mini-1': [chat('no'), chat('yes')], 'premium-1': [chat('yes')] };
    const it = await started(script, climbs);
    for (let i = 0; i < 3; i++) await it.ask(intentOf(it, 's1').model);
    expect((await it.attempts()).map(({ node }) => node)).toEqual([
      'mini',
      'mini>premium',
      'mini>premium',
      'mini>premium',
    ]);
    const { grown, rebuilt } = await it.cells();
    expect(grown).toEqual(rebuilt);
  });

  test('an outage moves one request of a session to another model, but not the session', async () => {
    const script = { 'mini-1': [status(503), chat('hi')], 'premium-1': [chat('hi')] };
    const it = await started(script, { retries: 0, policy: randomMix({ mini: 1e12, premium: 1e-12 }) });
    for (let i = 0; i < 2; i++) await it.ask(intentOf(it, 's1').model);
    const served = (await it.attempts()).filter(attempt => attempt.status === 'ok');
    expect(served.map(({ node }) => node)).toEqual(['mini!premium', 'mini']);
  });
});

const climbs: Feature = {
  policy: fixed(['mini', 'premium']),
  validate: ({ text }: { text: string }) => text === 'yes',
};

describe('a session of two features', () => {
  const reply = async () => ({ value: 'fine', usage: { input: 1_000 } });

  function twoFeatures(outcomeOfTitle: 'intent' | 'session') {
    const common = { candidates: ['mini'], failureCostUsd: 15 } as const;
    const router = createRouter({
      models: {
        mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
      },
      features: { chat: { ...common, outcomeOf }, title: { ...common, outcomeOf: outcomeOfTitle } },
      store: memory(),
    });
    const intent = (feature: 'chat' | 'title', session: string) => router.feature(feature).intent({ session });
    const run = (feature: 'chat' | 'title', session: string) =>
      router.run(feature, reply, { intent: intent(feature, session) });
    return { intent, run };
  }

  test('a feature that counts sessions has their outcome; the intents of other features there have their own', async () => {
    const { intent, run } = twoFeatures('intent');
    await run('chat', 's1');
    await run('title', 's1');
    expect(await intent('title', 's1').fail()).toMatchObject({ state: 'failure' });
    expect(await intent('chat', 's1').succeed()).toMatchObject({ state: 'success' });
    expect(intent('title', 's1').id).not.toBe(intent('title', 's1').id);
  });

  test('a second feature that counts sessions is refused, and the error names the feature that has the outcome', async () => {
    const { intent, run } = twoFeatures('session');
    await run('chat', 's1');
    const error = {
      code: 'intent-of-another-feature',
      path: 'intent.session',
      message: expect.stringContaining('the session "s1" belongs to "chat"') as string,
    };
    await expect(run('title', 's1')).rejects.toMatchObject(error);
    await expect(intent('title', 's1').succeed()).rejects.toMatchObject(error);
    await expect(run('title', 's2')).resolves.toBeDefined();
  });
});

describe('every figure counts sessions', () => {
  test('cells, report, savings and the FOCUS export are those of a recount of the sessions in the ledger', async () => {
    const it = await started();
    const random = seededRandom(7);
    for (let session = 0; session < 240; session++) {
      for (let i = 1 + Math.floor(2 * random.next()); i > 0; i--) await it.ask(intentOf(it, `s${session}`).model);
      const intent = intentOf(it, `s${session}`);
      await (random.next() < 0.8 ? intent.succeed() : intent.fail());
    }
    const counted = [...recounted(await it.ledger()).values()];
    expect(counted).toHaveLength(240);
    const { grown, rebuilt } = await it.cells();
    expect(grown).toEqual(rebuilt);

    const [feature] = (await it.router.report()).features;
    for (const plan of ['mini', 'premium']) {
      const own = counted.filter(each => each.plan === plan);
      const successes = own.filter(({ succeeded }) => succeeded).length;
      const spendUsd = sum(own.map(({ costNanoUsd }) => costNanoUsd)) / 1e9;
      const reported = feature?.plans.find(each => each.plan === plan);
      expect(reported).toMatchObject({ n: own.length, labelled: own.length, successes });
      expect(reported?.spendUsd.value).toBeCloseTo(spendUsd / own.length, 12);
      const costUsd = spendUsd + 15 * (own.length - successes);
      expect(reported?.costPerIntentUsd.value).toBeCloseTo(costUsd / own.length, 9);
      expect(reported?.costPerSuccessUsd.value).toBeCloseTo(costUsd / successes, 9);
      expect(reported?.totalCost.spendUsd).toBeCloseTo(spendUsd, 12);
    }

    const savings = await savingsAgainst(it.store, 'premium');
    const spentUsd = sum(counted.map(({ costNanoUsd }) => costNanoUsd)) / 1e9;
    const failures = counted.filter(({ succeeded }) => succeeded === false).length;
    expect(savings.features[0]).toMatchObject({ kind: 'estimate', intents: 240 });
    expect(savings.features[0]).toHaveProperty('costPerIntentUsd', expect.closeTo((spentUsd + 15 * failures) / 240, 9));

    const rows: readonly Record<string, string>[] = parse(
      await textOf(exportFocus(it.store, { version: '1.4', priceOf, vendorOf: () => VENDOR })),
      { columns: true },
    );
    expect(new Set(rows.map(row => row['x_IntentId'])).size).toBe(240);
  });
});

/** Two processes on one store, and one of them that starts again within the session. */
async function acrossProcesses(open: () => Store | Promise<Store>) {
  const [here, there] = [await started(answers, {}, await open()), await started(answers, {}, await open())];
  await here.ask(intentOf(here, 's1').model);
  await here.router.flush();
  await there.ask(intentOf(there, 's1').model);
  await here.close();
  const again = await started(answers, {}, await open());
  await again.ask(intentOf(again, 's1').model);
  await intentOf(again, 's1').fail();
  await there.ask(intentOf(there, 's1').model);
  const { grown, rebuilt } = await there.cells();
  expect(grown).toEqual(rebuilt);
  const counted = recounted(await there.ledger());
  const models = new Set([here, there, again].flatMap(({ server }) => server.models));
  expect(models).toEqual(new Set([`${counted.get('s1')?.plan}-1`]));
  const spent = (await there.attempts()).map(({ costNanoUsd }) => costNanoUsd);
  expect(spent).toHaveLength(4);
  expect([...counted.values()]).toMatchObject([{ decisions: 1, succeeded: false, costNanoUsd: sum(spent) }]);
  expect((await there.router.report()).features[0]).toMatchObject({ intents: 1, labelled: 1, failures: 1 });
  expect([here, there, again].flatMap(({ faults }) => faults)).toEqual([]);
  await Promise.all([there.close(), again.close()]);
}

describe('several processes', () => {
  test('a session continues in another process and after a restart, in SQLite', async () => {
    const path = join(directory, 'sessions.db');
    await acrossProcesses(() => sqlite(path));
  });

  test('the outcome of a session that another process began is recorded by its name', async () => {
    const path = join(directory, 'outcome.db');
    const [here, there] = [await started(answers, {}, sqlite(path)), await started(answers, {}, sqlite(path))];
    await expect(intentOf(there, 's1').fail()).rejects.toMatchObject({ code: 'unknown-intent' });
    await here.ask(intentOf(here, 's1').model);
    expect(await intentOf(there, 's1').fail()).toMatchObject({ state: 'failure' });
    expect([...recounted(await here.ledger())]).toMatchObject([['s1', { decisions: 1, succeeded: false }]]);
    await Promise.all([here.close(), there.close()]);
  });

  test('a session that has climbed in one process continues at that model in the other, with its next turn', async () => {
    const path = join(directory, 'climbed.db');
    const open = async (mini: string) =>
      started({ 'mini-1': [chat(mini)], 'premium-1': [chat('yes')] }, climbs, sqlite(path));
    const [here, there] = [await open('yes'), await open('no')];
    for (const it of [here, there, here]) {
      await it.ask(intentOf(it, 's1').model);
      await it.router.flush();
    }
    expect(charged(await here.attempts())).toEqual([
      '1 first mini',
      '2 first mini',
      '2 escalation mini>premium',
      '3 first mini>premium',
    ]);
    await Promise.all([here.close(), there.close()]);
  });

  test('two first messages at once in one process have one decision, and go to its model', async () => {
    const it = await started(answers, { policy: randomMix() });
    for (let i = 0; i < 10; i++) await Promise.all([0, 1].map(async () => it.ask(intentOf(it, `s${i}`).model)));
    const counted = [...recounted(await it.ledger()).values()];
    expect(counted.map(({ decisions }) => decisions)).toEqual(counted.map(() => 1));
    const models = Map.groupBy(
      (await it.ledger()).filter(each => each.kind === 'attempted'),
      each => each.intentId,
    );
    expect([...models.values()].map(own => new Set(own.map(({ attempt }) => attempt.model)).size)).toEqual(
      counted.map(() => 1),
    );
    await it.close();
  });

  test('two processes that begin a session at once have one decision and the cost of both', async () => {
    const path = join(directory, 'race.db');
    const both = [await started(answers, {}, sqlite(path)), await started(answers, {}, sqlite(path))] as const;
    for (let i = 0; i < 10; i++) await Promise.all(both.map(async it => it.ask(intentOf(it, `s${i}`).model)));
    await Promise.all(both.map(async it => it.router.flush()));
    const counted = [...recounted(await both[0].ledger()).values()];
    expect(counted.map(({ decisions }) => decisions)).toEqual(counted.map(() => 1));
    expect(counted).toHaveLength(10);
    expect(await both[0].attempts()).toHaveLength(20);
    const { grown, rebuilt } = await both[0].cells();
    expect(grown).toEqual(rebuilt);
    await Promise.all(both.map(async it => it.close()));
  });
});

describeOnPostgres('sessions as units', () => {
  test('a session continues in another process and after a restart, in PostgreSQL', async () => {
    const schema = newSchema();
    await acrossProcesses(async () => openPostgres(schema));
  });
});

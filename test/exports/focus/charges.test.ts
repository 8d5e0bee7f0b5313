import { describe, expect, it } from 'vitest';
import type { Intent } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { Charge } from '../../../src/exports/focus/charges.ts';
import { chargesOf, ledgerAttempts, ledgerCharges, markedChargesOf } from '../../../src/exports/focus/charges.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { attempted, commitAll, decided, history, HOUR, NOON } from '../../stores/histories.ts';
import { costOf, priced, priceOf, someHistories, someLedger, spentBy } from '../bill/bills.ts';

async function all(range = {}): Promise<readonly Charge[]> {
  const charges: Charge[] = [];
  for await (const batch of ledgerCharges(await someLedger(), priceOf, range)) charges.push(...batch);
  return charges;
}

function one(id: string): readonly Charge[] {
  const found = someHistories().find(({ intentId }) => intentId === id);
  const intent = foldIntent(found?.records ?? []);
  if (intent === undefined) throw new Error(`no intent ${id}`);
  return intent.attempts.flatMap(attempt => chargesOf(intent, attempt, priceOf));
}

describe('charges of the ledger', () => {
  it('law: charges add up to the ledger’s spend, with and without prices', async () => {
    expect(costOf(await all())).toBe(spentBy(someHistories()));
    const unpriced: Charge[] = [];
    for await (const batch of ledgerCharges(await someLedger(), () => undefined)) unpriced.push(...batch);
    expect(costOf(unpriced)).toBe(spentBy(someHistories()));
    expect(new Set(unpriced.map(({ kind }) => kind))).toEqual(new Set(['request']));
  });

  it('an attempt has one charge per meter with a quantity, at the tier of the call', () => {
    const charges = one('cached');
    const lines = charges.map(charge => (charge.kind === 'meter' ? charge.line : undefined));
    const meters = ['input', 'cacheRead', 'cacheWrite5m', 'output', 'webSearch'];
    expect(lines.map(line => line?.meter)).toEqual([...meters, ...meters]);
    expect(lines[5]?.rate).toBe(2 * (lines[0]?.rate ?? 0));
  });

  it('a reported cost is one charge, a GPU is charged by time, and an attempt without usage or cost has no charge', () => {
    expect(one('own-cost')).toMatchObject([{ kind: 'request', costNanoUsd: 123 }]);
    expect(one('local')).toMatchObject([{ kind: 'meter', line: { meter: 'gpuMs', quantity: 1234 } }]);
    expect(one('unreachable')).toEqual([]);
  });

  it('a cost that today’s prices do not explain is an adjustment', () => {
    const [input, output, adjustment] = one('repriced');
    const lines = (input?.costNanoUsd ?? 0) + (output?.costNanoUsd ?? 0);
    expect(adjustment).toMatchObject({ kind: 'adjustment', costNanoUsd: 1_000_000 - lines });
  });

  it('law: the calls inside a reply are charged by their own models, and add up to the attempt', () => {
    const usage = { input: 100, output: 10 };
    const advised = {
      calls: [{ usage }, { model: 'premium-1', usage }, { model: 'mini-1', usage }],
      costNanoUsd: 300_000,
    };
    const served: (string | undefined)[] = [];
    const listed = (attempt: Partial<Attempt>) => {
      const { records } = history('a', 'support', [decided(NOON), priced(NOON, 'mini', attempt)]);
      const intent = foldIntent(records);
      const [first] = intent?.attempts ?? [];
      if (intent === undefined || first === undefined) throw new Error('no attempt');
      return chargesOf(intent, first, (model, atMs, whole, other) => {
        served.push(other);
        return priceOf(other === undefined ? model : 'premium', atMs, whole);
      });
    };
    const own = listed(advised);
    expect(own.map(({ kind, providerModel }) => [kind, providerModel])).toEqual([
      ['meter', 'mini-1'],
      ['meter', 'mini-1'],
      ['meter', 'premium-1'],
      ['meter', 'premium-1'],
      ['meter', 'mini-1'],
      ['meter', 'mini-1'],
      ['adjustment', 'mini-1'],
    ]);
    expect(costOf(own)).toBe(300_000n);
    expect(served).toEqual([undefined, 'premium-1', undefined]);
    served.length = 0;
    const fallback = listed({ ...advised, servedBy: 'premium-1' });
    expect(served).toEqual(['premium-1', 'premium-1', undefined]);
    expect(fallback.at(-1)).toMatchObject({ kind: 'adjustment', providerModel: 'premium-1' });
    expect(costOf(fallback)).toBe(300_000n);
    served.length = 0;
    expect(listed({ usage, servedBy: 'premium-1' })[0]).toMatchObject({ line: { costNanoUsd: 125_000 } });
    expect(served).toEqual(['premium-1']);
  });

  it('a GPU is charged once for all calls inside a reply', () => {
    const calls = [{ usage: { input: 1 } }, { usage: { input: 2 } }];
    const intent = foldIntent(
      history('a', 'support', [decided(NOON), priced(NOON, 'local', { calls, latencyMs: 1234 })]).records,
    );
    const charges = (intent?.attempts ?? []).flatMap(each => chargesOf(intent as Intent, each, priceOf));
    expect(charges).toMatchObject([{ kind: 'meter', line: { meter: 'gpuMs', quantity: 1234 } }]);
  });

  it('an attempt whose reply stated its cost is one charge, and one that stated none has lines', () => {
    const price = { ...resolvePrice({ provider: 'openai', model: 'gpt-5-mini' }), usesStatedCost: true };
    const kinds = (attempt: Partial<Attempt>): readonly string[] => {
      const intent = foldIntent(history('a', 'support', [decided(NOON), priced(NOON, 'mini', attempt)]).records);
      return (intent?.attempts ?? [])
        .flatMap(each => chargesOf(intent as Intent, each, () => price))
        .map(({ kind }) => kind);
    };
    expect(kinds({ costNanoUsd: 7 })).toEqual(['request']);
    expect(kinds({ provenance: 'estimated' })).toContain('meter');
  });

  it('the first charge of each intent is marked once, and an intent without charges has an adjustment of 0', async () => {
    const marked: Charge[] = [];
    for await (const attempts of ledgerAttempts(await someLedger()))
      marked.push(...attempts.flatMap(each => markedChargesOf(each, priceOf)));
    const firsts = marked.filter(({ isFirstOfIntent }) => isFirstOfIntent);
    expect(firsts.map(({ intent }) => intent.id).sort()).toEqual(
      someHistories()
        .map(one => one.intentId)
        .sort(),
    );
    expect(firsts.filter(({ kind }) => kind === 'adjustment')).toMatchObject([
      { intent: { id: 'unreachable' }, costNanoUsd: 0 },
    ]);
    expect(costOf(marked)).toBe(spentBy(someHistories()));
  });

  it('the first charge of an intent is marked even if its first attempts cost 0', async () => {
    const failed = { status: 'connection', usage: {}, costNanoUsd: 0, provenance: 'none' } as const;
    const store = await someLedger([
      history('a', 'f', [
        decided(NOON),
        priced(NOON, 'mini', failed),
        priced(NOON + 1, 'mini'),
        priced(NOON + 2, 'mini'),
      ]),
    ]);
    const marked: Charge[] = [];
    for await (const attempts of ledgerAttempts(store))
      marked.push(...attempts.flatMap(each => markedChargesOf(each, priceOf)));
    expect(marked.map(({ attempt, isFirstOfIntent }) => [attempt.startedAtMs - NOON, isFirstOfIntent])).toEqual([
      [1, true],
      [1, undefined],
      [2, undefined],
      [2, undefined],
    ]);
  });

  it('a call whose price is not known is distinguished from a call whose reply stated its cost', () => {
    const kindsOf = (id: string) => {
      const intent = foldIntent(someHistories().find(({ intentId }) => intentId === id)?.records ?? []);
      return (intent?.attempts ?? []).flatMap(each => chargesOf(intent as Intent, each, () => undefined));
    };
    expect(kindsOf('own-cost')).toMatchObject([{ kind: 'request', isStated: true }]);
    expect(kindsOf('local')).toMatchObject([{ kind: 'request', isStated: false }]);
  });

  it('a range selects attempts by their start, not by when they were recorded', async () => {
    const ids = async (fromMs: number, toMs: number): Promise<readonly string[]> => [
      ...new Set((await all({ fromMs, toMs })).map(charge => charge.attempt.requestId)),
    ];
    expect(await ids(NOON + HOUR - 1, NOON + HOUR)).toEqual(['r2']);
    expect(await ids(NOON + HOUR, NOON + HOUR + 6)).toEqual(['r3']);
    expect(await all({ feature: 'none' })).toEqual([]);
  });

  it('charges come in batches of 256 attempts, and each has its intent with the outcome', async () => {
    const store = await someLedger([]);
    for (let i = 0; i < 600; i++)
      await commitAll(store, [history(`intent-${i}`, 'support', [decided(NOON), attempted(NOON)])]);
    const sizes: number[] = [];
    for await (const batch of ledgerCharges(store, () => undefined)) sizes.push(batch.length);
    expect(sizes).toEqual([256, 256, 88]);
    expect((await all()).find(charge => charge.intent.id === 'cached')?.intent.outcome.state).toBe('failure');
  });

  it('a corrected attempt has one set of charges at its new cost, in the hour in which it started', async () => {
    const store = await someLedger([]);
    const turn = (hour: number, costNanoUsd: number) =>
      priced(NOON + hour * HOUR, 'tool', { requestId: `r${hour}`, usage: {}, costNanoUsd });
    const bodies = [decided(NOON), turn(0, 10), turn(1, 20), { ...turn(0, 30), replaces: 0 }, turn(2, 40)];
    await commitAll(store, [history('a', 'support', bodies)]);
    const listed = async (range = {}): Promise<readonly Charge[]> =>
      (await Array.fromAsync(ledgerCharges(store, priceOf, range))).flat();
    for (const [hour, costNanoUsd] of [30, 20, 40].entries()) {
      const range = { fromMs: NOON + hour * HOUR, toMs: NOON + (hour + 1) * HOUR };
      expect(await listed(range)).toMatchObject([{ attempt: { requestId: `r${hour}` }, costNanoUsd }]);
    }
    const plan = (await store.cells('support')).find(({ key }) => key.scope === 'plan');
    expect(costOf(await listed())).toBe(plan?.sums.cost);
  });

  it('an attempt whose price has no lines with a quantity is one charge of its whole cost', () => {
    const intent = foldIntent(
      history('a', 'support', [decided(NOON), priced(NOON, 'mini', { usage: {}, costNanoUsd: 5 })]).records,
    );
    const [attempt] = intent?.attempts ?? [];
    if (intent === undefined || attempt === undefined) throw new Error('no attempt');
    expect(chargesOf(intent, attempt, priceOf)).toMatchObject([{ kind: 'request', costNanoUsd: 5 }]);
    const empty = { meter: 'input', quantity: 0, rate: 7, costNanoUsd: 0 } as const;
    const price = { source: 'test', idAt: () => 'test', lines: () => [empty] };
    expect(chargesOf(intent, attempt, () => price)).toMatchObject([{ kind: 'request', costNanoUsd: 5 }]);
  });

  it('an attempt whose intent is pruned during the scan has no charges', async () => {
    const store = await someLedger();
    const pruned = { ...store, load: async (id: string) => (id === 'cached' ? [] : store.load(id)) };
    const charges = (await Array.fromAsync(ledgerCharges(pruned, priceOf))).flat();
    expect(new Set(charges.map(({ intent }) => intent.id))).toEqual(
      new Set(['climbed', 'local', 'own-cost', 'repriced']),
    );
  });

  it('a range without attempts yields no batch', async () => {
    expect(await Array.fromAsync(ledgerCharges(await someLedger(), priceOf, { toMs: 0 }))).toEqual([]);
  });
});

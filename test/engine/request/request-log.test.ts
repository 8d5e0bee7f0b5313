import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { Fault } from '../../../src/contracts/observer.ts';
import type { Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Usage } from '../../../src/core/ledger/usage.ts';
import { NOT_RETRIEVED } from '../../../src/core/ledger/vocabulary.ts';
import type { Answer } from '../../../src/engine/attempts/exchange.ts';
import { RequestLog } from '../../../src/engine/request/request-log.ts';
import type { IntentBook } from '../../../src/engine/state/intent-book.ts';
import type { MakeRecords } from '../../../src/engine/state/pending-records.ts';
import type { ReceiptDraft } from '../../../src/engine/state/receipts.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { made } from '../../core/support/cells.ts';
import { attempt } from '../../core/support/intents.ts';
import { priceFaults } from '../../../src/engine/state/price-faults.ts';
import { lazySessions } from '../../../src/engine/state/sessions.ts';
import { replyOwners } from '../../../src/engine/state/reply-owners.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models } = resolveConfig(
  { models: { mini: { provider: 'openai', model: 'mini-1', price } }, features: {} },
  { policy: fixed('mini') },
);
const model = models.get('mini') as ResolvedModel;

/** A log for the next request of the intent; the book has the intent unless it was pruned. */
function logFor(
  intent: Intent,
  { isPruned = false, request = {} }: { isPruned?: boolean; request?: { judge?: object } } = {},
) {
  const added: LedgerRecord[] = [];
  const faults: Fault[] = [];
  const receipt: ReceiptDraft = {
    feature: 'f',
    intentId: intent.id,
    requestId: 'r9',
    plan: ['mini'],
    propensity: 1,
    reason: '',
    attempts: [],
  };
  const tellings: Promise<void>[] = [];
  const book = {
    add: (_: string, make: MakeRecords) => {
      added.push(...(make(isPruned ? undefined : intent) as readonly LedgerRecord[]));
      return intent;
    },
  } as Partial<IntentBook> as IntentBook;
  const engine = {
    book,
    runtime: testRuntime(),
    owners: replyOwners({}, () => {}),
    sessions: lazySessions({ store: {}, runtime: testRuntime(), faulted: () => {} }),
    tellUnpriced: priceFaults(
      fault => void faults.push(fault),
      work => void tellings.push(work),
    ),
    faulted: (fault: Fault) => void faults.push(fault),
    afterReply: () => {},
  };
  const silence = { success: true, afterMs: 1_000, laterTurn: 'withdraws' } as const;
  const log = new RequestLog(engine, { intent, receipt }, { feature: { config: { silence } }, ...request });
  const record = (usage: Usage, more: Partial<Answer> = {}): void =>
    log.record({
      kind: 'first',
      model,
      node: 'mini',
      startedAtMs: 0,
      latencyMs: 1,
      result: {
        status: 'ok',
        answer: { usage, provenance: 'reported', finish: 'stop', text: '', hasToolCalls: false, ...more },
      },
    });
  return { log, record, added, faults, told: async () => Promise.all(tellings), receipt, owners: engine.owners };
}

test('an attempt is on the receipt as soon as it is recorded, and in the ledger once, when the request commits', () => {
  const { log, record, added, receipt } = logFor(made({}));
  record({ input: 100 });
  record({ input: 7 });
  log.recordVerdict({ accepted: false, by: 'function' });
  expect(receipt.attempts.map(({ costNanoUsd }) => costNanoUsd)).toEqual([100_000, 7_000]);
  expect(added).toEqual([]);
  log.commit();
  log.commit();
  expect(added).toMatchObject([
    { kind: 'attempted', attempt: { requestId: 'r9', costNanoUsd: 100_000 } },
    { kind: 'attempted', attempt: { costNanoUsd: 7_000, verdict: { accepted: false } } },
  ]);
  expect(added[0]).not.toHaveProperty('attempt.verdict');
});

test('the decision of an intent that was pruned during its request is recorded again before the attempts', () => {
  const intent = made({});
  const { log, record, added } = logFor(intent, { isPruned: true });
  record({ input: 100 });
  log.commit();
  expect(foldIntent(added)).toMatchObject({ decided: intent.decided, attempts: [{ costNanoUsd: 100_000 }] });
});

test.each([
  ['a request withdraws what another process has taken for silence meanwhile', {}, ['corrected', 'attempted']],
  ['a judge’s own call withdraws no silence', { judge: {} }, ['attempted']],
])('an attempt’s records withdraw silence, except those of a judge’s own call: %s', (_, request, kinds) => {
  const { log, record, added } = logFor(made({ evidence: [{ source: 'silence', success: true }] }), { request });
  record({ input: 100 });
  log.commit();
  expect(added.map(({ kind }) => kind)).toEqual(kinds);
});

test('usage without a price is reported as a fault once, with the path of the rate that it needs', async () => {
  const { record, faults, told } = logFor(made({}));
  record({ input: 100, webSearch: 2 });
  record({ input: 100, webSearch: 3 });
  await told();
  expect(faults).toMatchObject([
    { where: 'price', feature: 'f', error: { path: 'models.mini.price.webSearchUsdPerThousand' } },
  ]);
  expect(String(faults[0]?.error)).toContain('no price for webSearch');
});

test('a request’s turn is one more than the last turn of the intent, and a judge’s own call takes no turn', () => {
  const attempts = [
    attempt('mini', 1, { turn: 1 }),
    attempt('mini', 1, { turn: 3 }),
    attempt('mini', 1, { turn: 2 }),
    attempt('mini', 1, { turn: 4, kind: 'judge' }),
  ];
  expect(logFor(made({ attempts })).log.turn).toBe(4);
  expect(logFor(made({ attempts: [] })).log.turn).toBe(1);
});

test('an intent is marked as waiting only for a reply that its provider has not finished', () => {
  const { record, owners } = logFor(made({}));
  record({}, { keys: ['resp_1'], finish: 'pending', unpriced: [NOT_RETRIEVED] });
  record({ input: 100 }, { keys: ['resp_2'] });
  expect(['resp_1', 'resp_2'].map(owners.mayAwait)).toEqual([true, false]);
});

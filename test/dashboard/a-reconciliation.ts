/** A small bill, compared with a small ledger: a call that the ledger does not have, and tax. */
import { readBill } from '../../src/exports/bill/bill.ts';
import type { Reconciliation } from '../../src/exports/bill/reconcile.ts';
import { reconcile } from '../../src/exports/bill/reconcile.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { memory } from '../../src/stores/memory.ts';
import { attempted, commitAll, decided, history, NOON } from '../stores/histories.ts';

export async function aReconciliation(): Promise<Reconciliation> {
  const store = memory();
  await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON, { providerRequestId: 'req_1' })])]);
  const bill = [
    'BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,EffectiveCost,ServiceName,SkuId,x_RequestId',
    'USD,2026-11-20T00:00:00Z,2026-11-21T00:00:00Z,Usage,2.5,OpenAI,gpt-5-pro,req_9',
    'USD,2026-11-20T00:00:00Z,2026-11-21T00:00:00Z,Tax,0.25,OpenAI,,',
  ].join('\n');
  async function* text() {
    yield `${bill}\n`;
  }
  return reconcile(readBill(text(), {}), store, {
    priceOf: () => resolvePrice({ provider: 'openai', model: 'gpt-5-mini' }),
  });
}

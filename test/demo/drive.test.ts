import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadClients } from '../../src/demo/clients.ts';
import type { DemoRun } from '../../src/demo/drive.ts';
import { runDemo } from '../../src/demo/drive.ts';
import { fromDecimalUsd } from '../../src/core/ledger/money.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

let files = 0;
async function run(
  intents: number,
  seed: string,
): Promise<DemoRun & { readonly db: string; readonly advanced: number }> {
  const db = join(folder, `${files++}.db`);
  let advanced = 0;
  const result = await runDemo({
    intents,
    seed,
    store: sqlite(db),
    clients: await loadClients(),
    advance: () => advanced++,
  });
  return { ...result, db, advanced };
}

describe('a run', () => {
  let made: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    made = await run(200, 'law');
  });

  test("the ledger's total equals the provider's bill to the nano-dollar, broken streams included", () => {
    const { report, billedNanoUsd, billedRequests, advanced } = made;
    expect(fromDecimalUsd(report.spendUsd)).toBe(billedNanoUsd);
    expect(report.intents).toBe(200);
    expect(billedRequests).toBeGreaterThan(200);
    expect(advanced).toBe(200);
    const estimated = report.features.reduce((sum, { totalCost }) => sum + Number(totalCost.estimatedUsd), 0);
    expect(estimated).toBeGreaterThan(0);
  });

  test('at the end the ledger has exactly the outcomes that were recorded', () => {
    const { report, outcomes } = made;
    expect(outcomes.never).toBeGreaterThan(0);
    expect(outcomes.late).toBeGreaterThan(outcomes.never);
    expect(outcomes.corrected).toBeGreaterThan(0);
    expect(report.pending).toBe(outcomes.never);
    expect(report.labelled).toBe(200 - outcomes.never);
  });

  test('the ledger file gives the same report when it is reopened', async () => {
    const { db, report } = made;
    const store = sqlite(db);
    const again = await reportOf(store, { nowMs: report.madeAtMs });
    await store.close();
    expect([again.spendUsd, again.intents]).toEqual([report.spendUsd, report.intents]);
  });

  test('the same seed makes the same choices at any time of day, and another seed makes other choices', async () => {
    const choices = ({ decided }: DemoRun): string =>
      decided.map(({ feature, decision }) => `${feature} ${decision.plan.join('>')} ${decision.propensity}`).join('\n');
    const runAt = async (hour: number, seed: string): Promise<string> => {
      vi.setSystemTime(Date.UTC(2026, 0, 1) + hour * 3_600_000);
      return choices(await run(50, seed));
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const first = await runAt(0, 'a');
    expect(await runAt(17.9, 'a')).toBe(first);
    expect(await runAt(0, 'b')).not.toBe(first);
  });
});

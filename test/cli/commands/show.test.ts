import { expect, test } from 'vitest';
import * as show from '../../../src/cli/commands/show.ts';
import { fromDecimalUsd } from '../../../src/core/ledger/money.ts';
import { tenantLedger } from '../tenant-ledger.ts';
import { runCommand } from './run-command.ts';

const { ledger } = tenantLedger();
const run = async (...args: string[]) => runCommand(show, ['show', ...args]);

test('an intent is shown with its decision, every attempt, its evidence and its cost', async () => {
  const { stdout } = await run('intent-8', ledger);
  expect(stdout).toMatch(/Plan +mini, then premium if needed, with a probability of 50\.0 %: test/);
  expect(stdout).toMatch(/│ first +│ mini +│ ok/);
  expect(stdout).toMatch(/│ escalation +│ premium +│ ok/);
  expect(stdout).toMatch(/│ explicit +│ success/);
  const { id, attempts, decided } = JSON.parse((await run('intent-8', ledger, '--json')).stdout);
  expect([id, attempts.length, decided.segment]).toEqual(['intent-8', 2, 'tenant=initech,length=short']);
});

test('the ledger may come before the id', async () => {
  expect((await run(ledger, 'intent-8')).stdout).toBe((await run('intent-8', ledger)).stdout);
  expect((await run('intent-8', '--db', ledger)).stdout).toBe((await run('intent-8', ledger)).stdout);
});

test('a session is shown with its intents in their order, and with their total cost', async () => {
  const shown = JSON.parse((await run('user-2', ledger, '--json')).stdout);
  expect(shown.intents).toHaveLength(16);
  expect(shown.intents.map(({ decidedAt }: { decidedAt: string }) => decidedAt)).toEqual(
    shown.intents.map(({ decidedAt }: { decidedAt: string }) => decidedAt).toSorted(),
  );
  const spent = shown.intents.reduce(
    (sum: bigint, each: { spendUsd: string }) => sum + fromDecimalUsd(each.spendUsd),
    0n,
  );
  expect(fromDecimalUsd(shown.spendUsd)).toBe(spent);
  expect(fromDecimalUsd(shown.totalUsd)).toBe(spent + fromDecimalUsd(shown.failureUsd));
  const { stdout } = await run('user-2', ledger);
  expect(stdout).toMatch(
    /^Session user-2: 16 intents; the model changed 15 times\. Total cost \$0\.\d+ = model spend \$0\.\d+ \+ failure cost \$/,
  );
  expect(stdout).toMatch(/Prompt caches: 0 % of 24,000 prompt tokens were read from one, which saved \$0\.00/);
  expect(stdout).toMatch(/\$0\.00 after a change of the model/);
});

test('an unknown id gives one line on stderr', async () => {
  const { code, stderr } = await run('nothing', ledger);
  expect(code).toBe(1);
  expect(stderr).toContain('id: no intent and no session has the id "nothing"');
});

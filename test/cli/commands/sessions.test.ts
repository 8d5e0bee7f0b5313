import { beforeAll, expect, test } from 'vitest';
import { forget } from '../../../src/analysis/forget.ts';
import * as sessions from '../../../src/cli/commands/sessions.ts';
import { toUsd } from '../../../src/core/ledger/money.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { RoutedLedger } from './routed-ledger.ts';
import { routedLedger } from './routed-ledger.ts';
import { runCommand } from './run-command.ts';

let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger();
});

const run = (...args: string[]) => runCommand(sessions, ['sessions', made.ledger, ...args]);

/** Model spend and failure cost by session, from the records alone. */
async function recount() {
  const store = sqlite(made.ledger);
  const records = new Map<string, LedgerRecord[]>();
  for await (const record of store.scan())
    records.set(record.intentId, [...(records.get(record.intentId) ?? []), record]);
  await store.close();
  const found = new Map<string, { spend: number; failure: number; intents: number }>();
  for (const each of records.values()) {
    const { decided, attempts, outcome } = foldIntent(each) ?? expect.unreachable();
    if (decided.session === undefined) continue;
    const sum = found.get(decided.session) ?? { spend: 0, failure: 0, intents: 0 };
    sum.intents++;
    for (const { costNanoUsd } of attempts) sum.spend += costNanoUsd;
    if (outcome.state === 'failure') sum.failure += outcome.costNanoUsd ?? decided.failureCostNanoUsd;
    found.set(decided.session, sum);
  }
  return found;
}

test('`sessions` adds up the cost of every session of the ledger; attempts without a session are left out', async () => {
  const truth = await recount();
  const report = JSON.parse((await run('--json')).stdout);
  expect(report).toMatchObject({ sessions: 5, intents: 12 });
  for (const { session, intents, spendUsd, failureUsd } of report.mostExpensive) {
    const own = truth.get(session) ?? expect.unreachable();
    expect(intents).toBe(own.intents);
    expect(Number(spendUsd)).toBeCloseTo(toUsd(own.spend), 9);
    expect(Number(failureUsd)).toBeCloseTo(toUsd(own.failure), 9);
  }
  const { stdout } = await run();
  expect(stdout).toContain('5 sessions with 12 intents');
  expect(stdout).toMatch(/prompt tokens were read from one, which saved \$0\.\d+/);
});

test('--session shows one session, intent by intent, in words and as JSON', async () => {
  const { stdout } = await run('--session', 'session-0', '--config', made.config);
  expect(stdout).toContain('session-0: 3 intents in 6 requests');
  const { steps } = JSON.parse((await run('--session', 'session-0', '--json')).stdout);
  expect(steps).toHaveLength(3);
});

test('a session or a feature that is not in the ledger is refused', async () => {
  expect(await run('--session', 'chat-99')).toMatchObject({ code: 1, stderr: expect.stringContaining('"chat-99"') });
  expect((await run('--feature', 'suport.reply')).stderr).toContain('support.reply');
});

test('a period without sessions is not reported as a ledger without sessions', async () => {
  const { stdout, stderr } = await run('--to', '2001-01-01');
  expect(stdout).toBe('None of the intents that were read belongs to a session.\n');
  expect(stderr).toBe('');
});

test.each([
  ['--last', '7d'],
  ['--month', '2026-10'],
  ['--feature', 'support.reply'],
])('one session is shown as a whole: --session refuses %s', async (...part) => {
  const { code, stderr } = await run('--session', 'session-0', ...part);
  expect(code).toBe(1);
  expect(stderr).toContain(`'--session <id>' cannot be used with option '${part[0]}`);
});

test('the figures of sessions mention that records were removed from the ledger', async () => {
  const { ledger } = await routedLedger();
  const store = sqlite(ledger);
  await forget(store, { session: 'session-0' });
  await store.close();
  const one = await runCommand(sessions, ['sessions', ledger]);
  expect(one.stdout).toContain('4 sessions with 9 intents');
  expect(one.stderr).toMatch(
    /^The records of 3 intents are no longer in the ledger: their 0\.\d+ USD are not in these figures\./,
  );
});

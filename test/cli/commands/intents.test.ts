import { expect, test } from 'vitest';
import * as intents from '../../../src/cli/commands/intents.ts';
import { tenantLedger } from '../tenant-ledger.ts';
import { runCommand } from './run-command.ts';

const { ledger } = tenantLedger();
const run = async (...args: string[]) => runCommand(intents, ['intents', ledger, ...args]);
const listed = async (...args: string[]) => JSON.parse((await run('--json', ...args)).stdout);

test('intents are listed over all features, the latest decision first, up to the limit', async () => {
  const { intents: found, isCut } = await listed('--limit', '7');
  expect(found.map(({ intentId }: { intentId: string }) => intentId)).toEqual(
    Array.from({ length: 7 }, (_, i) => `intent-${95 - i}`),
  );
  expect(isCut).toBe(true);
  expect((await run('--limit', '7')).stdout).toContain('There are more than 7: --limit lists more of them.');
});

test('every outcome has an option that lists its intents, and together the lists are all intents', async () => {
  let count = 0;
  for (const [option, state] of [
    ['--failed', 'failure'],
    ['--succeeded', 'success'],
    ['--pending', 'pending'],
    ['--unknown', 'unknown'],
  ] as const) {
    const { intents: found } = await listed(option, '--limit', '1000');
    expect(found.every(({ outcome }: { outcome: string }) => outcome === state)).toBe(true);
    count += found.length;
  }
  expect(count).toBe(96);
});

test('a failed intent shows what its failure cost, others show no failure cost', async () => {
  const { intents: found } = await listed('--limit', '1000');
  for (const { outcome, failureUsd } of found) expect(failureUsd).toBe(outcome === 'failure' ? '15' : '0');
});

test('a session, a feature and a period restrict the list', async () => {
  const { intents: found } = await listed(
    '--session',
    'user-2',
    '--feature',
    'support',
    '--last',
    '30h',
    '--limit',
    '1000',
  );
  // The feature has one intent an hour: of the last 30 hours, those of the session are found, and none of the other feature.
  expect(found.map(({ intentId }: { intentId: string }) => intentId)).toEqual([
    'intent-92',
    'intent-86',
    'intent-74',
    'intent-68',
  ]);
});

test('--csv has one line for each intent below the names of the columns', async () => {
  const lines = (await run('--csv', '--failed', '--limit', '1000')).stdout.trim().split('\r\n');
  const { intents: found } = await listed('--failed', '--limit', '1000');
  expect(lines).toHaveLength(1 + found.length);
  expect(lines[0]).toMatch(/^decidedAt,feature,intentId,session,/);
});

test.each([
  [['--failed', '--succeeded'], "option '--failed' cannot be used with option '--succeeded'"],
  [['--feature', 'suport'], 'the ledger knows no feature "suport", did you mean "support"?'],
  [['--limit', '0'], 'Not a whole number of 1 or more'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test('an empty list says that no intent matches', async () => {
  expect((await run('--month', '2020-01')).stdout).toBe('No intent of this period matches.\n');
});

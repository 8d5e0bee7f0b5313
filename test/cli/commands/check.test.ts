import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { storedIntents } from '../../../src/analysis/stored-intents.ts';
import * as check from '../../../src/cli/commands/check.ts';
import { wilson } from '../../../src/core/math/interval.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, attempted, commitAll, decided, evidence, history, HOUR } from '../../stores/histories.ts';
import { sampleLedger } from '../sample-ledger.ts';
import { tenantLedger } from '../tenant-ledger.ts';
import { runCommand, runProgram } from './run-command.ts';

const { ledger } = tenantLedger();
const sample = sampleLedger();
const run = async (...args: string[]) => runCommand(check, ['check', ledger, ...args]);

test('the exit code is 1 if a limit is exceeded, and 0 if it is kept', async () => {
  expect(await run('--max-cost-per-success', 'support=0.01')).toMatchObject({ code: 1 });
  expect(await run('--max-cost-per-success', 'support=1000')).toMatchObject({ code: 0 });
  expect(await run('--max-cost-per-success', 'search=1000', 'support=0.01')).toMatchObject({ code: 1 });
});

test('a limit inside the interval is uncertain, which fails only with --strict', async () => {
  const { checks } = JSON.parse((await run('--min-success', 'support=1', '--json')).stdout);
  const inside = String(checks[0].figure.value);
  const args = ['--min-success', `support=${inside}`];
  expect(await run(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining('uncertain') });
  expect(await run(...args, '--strict')).toMatchObject({ code: 1 });
});

test('a limit without a feature applies to every feature, and a spend limit without a feature to all features together', async () => {
  const { checks } = JSON.parse((await run('--min-success', '10%', '--max-spend', '0.3', '--json')).stdout);
  expect(checks).toMatchObject([
    { feature: 'support', limit: 'minSuccess', allowed: 0.1 },
    { feature: 'search', limit: 'minSuccess', allowed: 0.1 },
    { feature: null, limit: 'maxSpend', state: 'exceeded' },
  ]);
  // 96 first attempts of a tenth of a cent and 24 escalations of nine tenths, by their exact numbers.
  const indexes = Array.from({ length: 96 }, (_, i) => i);
  const nanoUsd = indexes.reduce((sum, i) => sum + 1_000_000 + i + (i % 4 === 0 ? 9_000_000 + i : 0), 0);
  expect(checks[2].figure.value).toBe(nanoUsd / 1e9);
});

test('a feature’s own limit takes precedence over the limit for every feature', async () => {
  const { checks } = JSON.parse((await run('--min-success', 'search=20%', '10%', '--json')).stdout);
  expect(checks.map(({ feature, allowed }: { feature: string; allowed: number }) => [feature, allowed])).toEqual([
    ['support', 0.1],
    ['search', 0.2],
  ]);
});

test('only the intents of the period count', async () => {
  const path = join(sample.directory, 'two-days.db');
  const store = sqlite(path);
  const nowMs = Date.now();
  const bad = Array.from({ length: 40 }, (_, i) => anIntent(`bad-${i}`, 'support', nowMs - 48 * HOUR));
  const good = Array.from({ length: 40 }, (_, i) =>
    history(`good-${i}`, 'support', [
      decided(nowMs - HOUR),
      attempted(nowMs - HOUR + 1),
      evidence(nowMs - HOUR + 2, { source: 'explicit', success: true }),
    ]),
  );
  await commitAll(store, [...bad, ...good]);
  await store.close();
  const at = async (...args: string[]) => runCommand(check, ['check', path, '--min-success', 'support=0.85', ...args]);
  expect(await at('--last', '1d')).toMatchObject({ code: 0 });
  expect(await at()).toMatchObject({ code: 1 });
  const { checks } = JSON.parse((await at('--last', '1d', '--json')).stdout);
  expect(checks[0].figure).toEqual(wilson(40, 40));
});

test('a period that begins inside a day of older statistics counts only its own intents, or the whole day if their records are pruned', async () => {
  await runProgram(['maintain', sample.ledger]);
  const noon = (Math.floor(Date.now() / 86_400_000) - 17.5) * 86_400_000;
  const at = async (...args: string[]) =>
    runCommand(check, [
      'check',
      ...(args.includes('--db') ? [] : [sample.ledger]),
      '--max-spend',
      '1000',
      '--from',
      new Date(noon).toISOString(),
      ...args,
    ]);
  const exact = JSON.parse((await at('--json')).stdout);
  expect(exact).toMatchObject({ period: { fromMs: noon } });
  expect(exact).not.toHaveProperty('coveredPeriod');
  const store = sqlite(sample.ledger);
  let spend = 0n;
  for await (const { decided, attempts } of storedIntents(store, { feature: 'support.reply', fromMs: noon }))
    if (decided.atMs >= noon) for (const { costNanoUsd } of attempts) spend += BigInt(costNanoUsd);
  await store.close();
  const own = JSON.parse((await at('--json', '--max-spend', 'support.reply=1000')).stdout);
  expect(own.checks.find(({ feature }: { feature: string }) => feature === 'support.reply').figure.value).toBe(
    Number(spend) / 1e9,
  );
  const pruned = join(sample.directory, 'pruned.db');
  copyFileSync(sample.ledger, pruned);
  await runProgram(['prune', pruned, '--older-than', '17d']);
  const { period, coveredPeriod } = JSON.parse((await at('--json', '--db', pruned)).stdout);
  expect([period, coveredPeriod]).toEqual([{ fromMs: noon }, { fromMs: noon - 43_200_000 }]);
  expect((await at('--db', pruned)).stdout).toMatch(
    /Period: since .* 12:00 UTC; the figures cover since .* 00:00 UTC, because older statistics/,
  );
});

test('--drift finds a success rate that fell in the period, and says when and at which model', async () => {
  // The generated ledger's premium fails more from its last fifth on.
  const found = await runCommand(check, ['check', sample.ledger, '--drift', '--json']);
  const falls = JSON.parse(found.stdout).checks;
  for (const { allowed, figure, limit } of falls) {
    expect(limit).toBe('drift');
    expect(figure.value).toBeLessThan(allowed);
  }
  expect(found.code).toBe(falls.length > 0 ? 1 : 0);
  expect((await runCommand(check, ['check', sample.ledger, '--drift', '--to', '2020-01-01'])).stdout).toBe(
    'Nothing is exceeded (until 2020-01-01 00:00 UTC).\n',
  );
});

test.each([
  [[], 'there is nothing to check'],
  [['--max-spend', 'suport=1'], '--max-spend: the ledger knows no feature "suport", did you mean "support"?'],
  [['--min-success', '95'], '"95" is more than 100 %'],
  [['--max-spend', 'much'], 'Not a number'],
  [['--max-spend=-1'], 'below 0'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test('on a ledger without intents a limit of every feature is unknown, and fails with --strict', async () => {
  const empty = join(dirname(sample.ledger), 'empty.db');
  const store = sqlite(empty);
  await store.features();
  await store.close();
  const args = ['check', empty, '--min-success', '80%'];
  expect(await runCommand(check, args)).toMatchObject({ code: 0, stdout: expect.stringContaining('unknown') });
  expect(await runCommand(check, [...args, '--strict'])).toMatchObject({ code: 1 });
  const { checks } = JSON.parse((await runCommand(check, [...args, '--json'])).stdout);
  expect(checks).toMatchObject([{ feature: null, limit: 'minSuccess', state: 'unknown' }]);
});

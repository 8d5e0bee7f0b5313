import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { RouterReport } from '../../../src/core/report/router-report.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runProgram } from '../commands/run-command.ts';

const directory = temporaryFolder();

let files = 0;
function written(rows: readonly object[] | string): string {
  const file = join(directory, `logs-${files++}`);
  writeFileSync(file, typeof rows === 'string' ? rows : rows.map(row => JSON.stringify(row)).join('\n'));
  return file;
}

/** 200 calls of each model: mini is right in 14 of 20, premium in 19. */
const calls = Array.from({ length: 400 }, (_, i) => {
  const isMini = i % 2 === 0;
  return {
    id: String(i),
    app: 'support',
    model: isMini ? 'gpt-5-mini' : 'gpt-5',
    cost: isMini ? 0.002 : 0.014,
    resolved: Math.floor(i / 2) % 20 < (isMini ? 14 : 19),
    at: new Date(Date.UTC(2026, 9, 1) + i * 60_000).toISOString(),
  };
});
const csv = written(
  [Object.keys(calls[0] ?? {}).join(','), ...calls.map(row => Object.values(row).join(','))].join('\n'),
);
const MAP = 'feature=app,model=model,usd=cost,success=resolved';

test('a CSV with a map becomes a ledger whose report has the costs and successes of the rows', async () => {
  const ledger = join(directory, 'csv.db');
  const { code, stdout } = await runProgram([
    'import',
    csv,
    ledger,
    '--map',
    MAP,
    '--failure-cost',
    '1',
    '--model',
    'mini=gpt-5-mini',
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^400 intents of 400 rows are in .*csv\.db, 400 with an outcome\.\n/);
  expect(stdout).toContain('support: mini 200 (200 with an outcome), gpt-5 200 (200 with an outcome)');
  expect(stdout).toContain('Why a model was chosen is not known');
  const report = JSON.parse((await runProgram(['report', ledger, '--json'])).stdout) as RouterReport;
  // 200 × $0.002 + 200 × $0.014, and 60 + 10 failures at $1.
  expect(report).toMatchObject({ intents: 400, labelled: 400, spendUsd: '3.2', failureUsd: '70' });
  // Two models answered, and the logs do not say which ones could be chosen.
  expect(report.features[0]).toMatchObject({ plans: [{}, {}] });
  expect(report.features[0]).not.toHaveProperty('decision');
});

test('where the assignment is declared random, replay shows what one model for all would have cost', async () => {
  const ledger = join(directory, 'random.db');
  await runProgram(['import', csv, ledger, '--map', MAP, '--failure-cost', '1', '--assigned', 'randomly']);
  const { stdout } = await runProgram(['report', ledger, '--baseline', 'gpt-5-mini', '--json']);
  const { savings } = JSON.parse(stdout) as RouterReport;
  expect(savings?.features[0]?.kind).toBe('estimate');
});

test('a table can be read by priors, and a score has to be named where there are several', async () => {
  const table = join(directory, 'table.csv');
  expect((await runProgram(['import', csv, '--map', MAP, '--table', table])).code).toBe(0);
  const priors = JSON.parse((await runProgram(['priors', table, '--json'])).stdout);
  expect(JSON.stringify(priors)).toContain('gpt-5-mini');
  expect(readFileSync(table, 'utf8').split('\n')[0]).toBe('id,feature,model,success,cost_usd,at,context');
  const helicone = written([
    {
      request_id: 'r',
      request_created_at: '2026-10-01T00:00:00Z',
      model: 'gpt-5',
      costUSD: 0.1,
      scores: { a: 1, b: 5 },
    },
  ]);
  const at = (...args: string[]) =>
    runProgram(['import', helicone, join(directory, 'h.db'), '--from', 'helicone', ...args]);
  expect((await at()).stdout).toContain('No outcome was read, because there are several scores: "a" (1), "b" (1).');
  rmSync(join(directory, 'h.db'));
  expect((await at('--success', 'b')).stderr).toContain('--success-from: the score "b" goes up to 5');
  expect((await at('--success', 'c')).stderr).toContain('no intent has the score "c"');
  expect((await at('--success', 'b', '--success-from', '4')).stdout).toContain('A success is "b" from 4 on.');
});

test('tokens without a cost are priced from the price book', async () => {
  const ledger = join(directory, 'priced.db');
  const langfuse = written([
    {
      id: 'o',
      trace_id: 't',
      type: 'GENERATION',
      model: 'gpt-5-mini',
      start_time: '2026-10-01 00:00:00',
      usage_details: { input: 1_000_000, output: 0 },
      trace_name: 'f',
    },
    {
      id: 'p',
      trace_id: 'u',
      type: 'GENERATION',
      model: 'no-such-model',
      start_time: '2026-10-01 00:00:00',
      usage_details: { input: 1 },
      trace_name: 'f',
    },
  ]);
  const result = JSON.parse((await runProgram(['import', langfuse, ledger, '--from', 'langfuse', '--json'])).stdout);
  expect(result.leftOut).toEqual({ 'no cost, and no price of "no-such-model" for its tokens': 1 });
  const report = JSON.parse((await runProgram(['report', ledger, '--json'])).stdout) as RouterReport;
  expect(report.spendUsd).toBe('0.25');
});

test('a file of which no row can be used leaves no ledger behind', async () => {
  const ledger = join(directory, 'none.db');
  const { code, stderr } = await runProgram(['import', written([{ hello: 1 }]), ledger, '--from', 'litellm']);
  expect(code).toBe(1);
  expect(stderr).toContain('none of the 1 rows can be used');
  expect(existsSync(ledger)).toBe(false);
  expect((await runProgram(['import', csv, ledger, '--from', 'helicone', '--map', MAP])).stderr).toContain(
    '--map: the columns of helicone are known',
  );
  expect((await runProgram(['import', csv, ledger, '--from', 'datadog'])).stderr).toContain(
    'is not one of litellm, langfuse',
  );
});

test('outcomes may come from a further file', async () => {
  const ledger = join(directory, 'with.db');
  const spend = written([{ request_id: 'r1', startTime: '2026-10-01T00:00:00Z', model: 'gpt-5', spend: 0.1 }]);
  const without = JSON.parse(
    (await runProgram(['import', spend, join(directory, 'w0.db'), '--from', 'litellm', '--json'])).stdout,
  );
  expect(without.labelled).toBe(0);
  const outcomes = written('id,success\nr1,true\n');
  const { labelled } = JSON.parse(
    (await runProgram(['import', spend, ledger, '--from', 'litellm', '--with', outcomes, '--json'])).stdout,
  );
  expect(labelled).toBe(1);
});

test('a misspelled column of the map is named, and nothing is written', async () => {
  const ledger = join(directory, 'misspelt.db');
  const { code, stderr } = await runProgram(['import', csv, ledger, '--map', `${MAP}d`]);
  expect(code).toBe(1);
  expect(stderr).toContain('--map: no row has the column "resolvedd" (accepted: a column of the file)');
  expect(existsSync(ledger)).toBe(false);
});

test('a cost that is not a number is never replaced by a price, and is reported if nothing else is left', async () => {
  const prices = written('model,usd,input,output\ngpt-5,$0.01,100,50\ngpt-5,"0,01",100,50\n');
  const { code, stderr } = await runProgram(['import', prices, join(directory, 'costs.db'), '--map', 'usd=usd']);
  expect(code).toBe(1);
  expect(stderr).toContain('none of the 2 rows can be used: 2 × a cost that is not a number');
});

test('an error in one of several files names that file, and logs may be compressed', async () => {
  const scores = written('{"id":"0","success":true}\n{"id":"1","succ');
  const compressed = join(directory, 'calls.csv.gz');
  writeFileSync(compressed, gzipSync(readFileSync(csv)));
  const ledger = join(directory, 'damaged.db');
  const damaged = await runProgram(['import', compressed, ledger, '--map', `id=id,${MAP}`, '--with', scores]);
  expect([damaged.code, damaged.stderr]).toEqual([
    1,
    `error: ${scores}, value 2: this is not a JSON object (accepted: JSON)\n`,
  ]);
  expect(existsSync(ledger)).toBe(false);
  const whole = await runProgram(['import', compressed, ledger, '--map', MAP]);
  expect(whole.stdout).toMatch(/^400 intents of 400 rows/);
});

test('without a failure cost the import and every report of its ledger say that failures count as $0; a configuration sets it for each feature', async () => {
  const ledger = join(directory, 'at-zero.db');
  const imported = await runProgram(['import', csv, ledger, '--map', MAP]);
  expect(imported.stdout).toContain('WARNING: what a failure costs is not known, so that 70 failures count as $0');
  const page = join(directory, 'at-zero.html');
  const { stdout } = await runProgram(['report', ledger, '--html', page]);
  const note =
    'No failure cost is known: 70 failures count as $0, so that total cost and cost per intent are model spend alone';
  expect(stdout).toContain(note);
  expect(readFileSync(page, 'utf8')).toContain(note);
  const config = join(directory, 'router.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
      features: { support: { candidates: ['mini'], failureCostUsd: 2 } },
    }),
  );
  const known = join(directory, 'configured.db');
  const configured = await runProgram(['import', csv, known, '--map', MAP, '--config', config]);
  expect(configured.stdout).not.toContain('WARNING');
  const report = JSON.parse((await runProgram(['report', known, '--json'])).stdout) as RouterReport;
  expect(report.failureUsd).toBe('140');
});

test('a table leaves out intents without an outcome, and says how many', async () => {
  const rows = [
    { id: '1', model: 'gpt-5', usd: 1, success: true },
    { id: '2', model: 'gpt-5', usd: 1 },
  ];
  const table = join(directory, 'labelled.csv');
  const { stdout } = await runProgram(['import', written(rows), '--from', 'csv', '--table', table]);
  expect(stdout).toContain('1 intent of 2 rows is in');
  expect(stdout).toContain('Left out: 1 × no outcome.');
  const none = await runProgram(['import', written(rows.slice(1)), '--from', 'csv', '--table', table]);
  expect(none.code).toBe(1);
  expect(none.stderr).toContain('none of the 1 rows can be used: 1 × no outcome');
});

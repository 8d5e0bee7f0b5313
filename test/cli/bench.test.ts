import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { BenchResult } from '../../src/cli/bench-text.ts';
import * as bench from '../../src/cli/bench.ts';
import type { Ran } from './run-command.ts';
import { runCommand } from './run-command.ts';

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
afterAll(() => rmSync(directory, { recursive: true }));

const command = async (...args: readonly string[]): Promise<Ran> => runCommand(bench, ['bench', ...args]);

let files = 0;
function file(content: string | Buffer): string {
  const path = join(directory, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}

const HEADER = 'id,feature,model,success,cost_usd';
const INTENTS = 60;
/** mini fails every third request, premium every twentieth. */
const ROWS = Array.from({ length: INTENTS }, (_, i) => {
  const feature = i % 2 === 0 ? 'support.reply' : 'invoice.extract';
  return `${i},${feature},mini,${i % 3 === 0 ? 0 : 1},0.002\n${i},${feature},premium,${i % 20 === 0 ? 0 : 1},0.02\n`;
}).join('');
const GOOD = file(`${HEADER}\n${ROWS}`);

async function resultOf(...args: readonly string[]): Promise<BenchResult> {
  const { code, stdout, stderr } = await command(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as BenchResult;
}

const policyOf = (result: BenchResult, name: string) => result.policies.find(({ policy }) => policy === name);

describe('figures', () => {
  test('always one model costs what the table says, by hand', async () => {
    const result = await resultOf(GOOD, '--failure-cost', '1.5', '--shuffles', '2');
    expect(result).toMatchObject({ intents: INTENTS, left: 0, badRows: 0, candidates: ['mini', 'premium'], runs: 2 });
    const mini = policyOf(result, 'always:mini');
    expect(mini?.successRate).toBeCloseTo(2 / 3, 12);
    expect(mini?.spendUsd).toBeCloseTo(60 * 0.002, 9);
    expect(mini?.totalUsd).toBeCloseTo(60 * 0.002 + 20 * 1.5, 9);
    const premium = policyOf(result, 'always:premium');
    expect(premium?.costPerIntentUsd).toBeCloseTo(0.02 + 1.5 / 20, 9);
    expect(premium?.costPerSuccessUsd).toBeCloseTo((0.02 + 1.5 / 20) / 0.95, 9);
    expect(premium?.ratio).toBeCloseTo(1, 9);
  });

  test('a failure costs ten times the dearest model unless said otherwise, or so many times as is said', async () => {
    expect((await resultOf(GOOD, '--policy', 'thompson')).failureCostUsd).toBeCloseTo(0.2, 12);
    expect((await resultOf(GOOD, '--policy', 'thompson', '--failure-cost', '2x')).failureCostUsd).toBeCloseTo(0.04, 12);
  });

  test('--features and --models narrow the table, and the models keep their order', async () => {
    const result = await resultOf(
      GOOD,
      '--features',
      'support',
      '--models',
      'premium,mini',
      '--policy',
      'always:premium',
    );
    expect(result.features).toEqual(['support.reply']);
    expect(result.intents).toBe(INTENTS / 2);
    expect(result.candidates).toEqual(['premium', 'mini']);
  });

  test('one seed gives one result, another seed another', async () => {
    const first = await resultOf(GOOD, '--shuffles', '2', '--seed', 'x');
    expect(await resultOf(GOOD, '--shuffles', '2', '--seed', 'x')).toEqual(first);
    expect(await resultOf(GOOD, '--shuffles', '2', '--seed', 'y')).not.toEqual(first);
  });

  test('a verdict adds the plan that climbs', async () => {
    const result = await resultOf(GOOD, '--verdict', '1,1', '--shuffles', '0', '--failure-cost', '1.5');
    expect(result.plans).toContain('mini>premium');
    // A perfect verdict: only what both fail is lost (i divisible by 60).
    expect(policyOf(result, 'always:mini>premium')?.successRate).toBeCloseTo(59 / 60, 12);
  });

  test('token prices stand in for blank costs', async () => {
    const tokens = file(
      'id,feature,model,success,cost_usd,input_tokens,output_tokens\n' +
        '1,f,mini,1,,1000,500\n1,f,premium,1,0.5,1000,500\n',
    );
    const prices = join(directory, 'prices.json');
    writeFileSync(prices, JSON.stringify({ mini: { input: 2, output: 8 } }));
    const result = await resultOf(tokens, '--prices', prices, '--policy', 'always:mini');
    expect(policyOf(result, 'always:mini')?.spendUsd).toBeCloseTo(0.002 + 0.004, 9);
  });
});

describe('bad input', () => {
  const manyRows = Array.from({ length: 20_000 }, (_, i) => `${i},f,mini,1,0.00${(i * 7919) % 997}`);
  const whole = gzipSync([HEADER, ...manyRows].join('\n'));
  const start = `${HEADER}\n1,f,mini,1,0.001\n1,f,premium,1,0.02\n`;

  test.each([
    ['a missing column', 'id,feature,model,cost_usd\n1,f,mini,1\n', /row 1, column success.*the column is missing/s],
    ['a success of 1.7', `${start}2,f,mini,1.7,0.1\n`, /row 4, column success.*1\.7 is not between 0 and 1/s],
    [
      'a second answer to one request',
      `${start}1,f,mini,0,0.1\n`,
      /row 4, column id.*a second answer of "mini" to request "1"/s,
    ],
    ['a truncated gzip', whole.subarray(0, whole.length / 2), /the gzip ends too early, after row \d+/],
    ['an empty file', '', /there are no rows to read/],
  ])('%s ends with code 1, naming the file and the place', async (_, content, message) => {
    const path = file(content);
    const { code, stdout, stderr } = await command(path, '--policy', 'thompson');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(path);
    expect(stderr).toMatch(message);
  });

  test('a file that does not exist is named', async () => {
    const path = join(directory, 'absent.csv');
    const { code, stderr } = await command(path);
    expect(code).toBe(1);
    expect(stderr).toContain(path);
  });

  test('--skip-bad-rows counts what it dropped and names the first', async () => {
    const path = file(`${start}2,f,mini,1.7,0.1\n1,f,mini,0,0.1\n3,f\n4,f,mini,1,0.1\n4,f,premium,0,0.1\n`);
    const { code, stdout } = await command(path, '--skip-bad-rows', '--policy', 'always:mini');
    expect(code).toBe(0);
    expect(stdout).toContain(
      `3 bad rows were dropped, the first: ${path} row 4, column success: 1.7 is not between 0 and 1.`,
    );
    const result = await resultOf(path, '--skip-bad-rows', '--policy', 'always:mini');
    expect(result).toMatchObject({ badRows: 3, intents: 2 });
    expect(result.firstBadRow).toContain('row 4, column success');
  });

  test.each([
    ['a policy name with a typo', ['--policy', 'tompson'], 'no policy is named "tompson"; "thompson"?'],
    ['a model that the table has not', ['--models', 'mini,gigantic'], 'the table has no rows of "gigantic"'],
    ['a failure cost below nothing', ['--failure-cost=-1'], 'A failure cannot cost less than nothing'],
    ['a verdict without a specificity', ['--verdict', '0.9'], 'Not SENSITIVITY,SPECIFICITY[,USD].'],
    ['features that are not there', ['--features', 'chat'], 'there are no rows to read'],
  ])('%s is refused and named', async (_, args, message) => {
    const ran = await command(GOOD, ...args);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(message);
    expect(ran.stdout).toBe('');
  });
});

test('--html writes the page beside the table that is printed', async () => {
  const page = join(directory, 'bench.html');
  const { code, stdout } = await command(GOOD, '--shuffles', '1', '--html', page);
  expect(code).toBe(0);
  expect(stdout).toContain('60 requests of 2 features, models mini, premium');
  expect(readFileSync(page, 'utf8')).toContain('<h3>invoice.extract</h3>');
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as bench from '../../../src/cli/commands/bench.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();

const HEADER = 'id,feature,model,success,cost_usd,input_tokens,output_tokens';
const ROWS = Array.from({ length: 60 }, (_, i) => [
  `${i},support,mini,${i % 3 === 0 ? 0 : 1},0.001,100,20`,
  `${i},support,premium,1,0.01,100,20`,
]).flat();

let files = 0;
function file(content: string | Buffer): string {
  const path = join(directory, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}
const good = file([HEADER, ...ROWS].join('\n'));
const run = (...args: string[]) => runCommand(bench, ['bench', ...args]);

describe('bench', () => {
  test('`bench` prints the cost of every policy', async () => {
    const { code, stdout } = await run(good, '--failure-cost', '0.1', '--shuffles', '2');
    expect(code).toBe(0);
    expect(stdout).toContain('60 requests of 1 feature, models mini, premium; a failure costs $0.10');
    for (const name of ['thompson', 'epsilon-greedy', 'random-mix', 'always:mini', 'always:premium']) {
      expect(stdout).toContain(name);
    }
  });

  test('a table with one model’s answer per request is refused, and a table with some such requests says how many', async () => {
    const oneEach = ROWS.filter((_, i) => i % 4 === 0 || i % 4 === 3);
    const { code, stdout, stderr } = await run(file([HEADER, ...oneEach].join('\n')));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('each request was answered by one of mini, premium only: no policy has a choice');
    expect(stderr).toContain('`replay`');
    const some = await run(
      file([HEADER, ...oneEach, ...ROWS.slice(0, 20)].filter((row, i, all) => all.indexOf(row) === i).join('\n')),
    );
    expect(some.code).toBe(0);
    expect(some.stdout).toContain('Only 10 of the requests leave a choice');
    expect((await run(good)).stdout).not.toContain('leave a choice');
  });

  test('--json prints one document and nothing else', async () => {
    const { stdout, stderr } = await run(good, '--failure-cost', '0.1', '--policy', 'always:mini', '--json');
    const result = JSON.parse(stdout);
    expect(stderr).toBe('');
    expect(result.policies[0].costPerIntentUsd).toBeCloseTo(0.001 + 0.1 / 3, 9);
    expect(result.reference.always.premium.successRate).toBe(1);
  });

  test('`bench` accepts a failure cost as a multiple, a run in table order (--shuffles 0), and a verdict', async () => {
    const { stdout } = await run(good, '--failure-cost', '10x', '--shuffles', '0', '--verdict', '1,1', '--json');
    const result = JSON.parse(stdout);
    expect(result.failureCostUsd).toBeCloseTo(0.1, 9);
    expect(result.runs).toBe(1);
    expect(result.plans).toEqual(['mini', 'mini>premium', 'premium']);
  });

  test('--html writes a self-contained page', async () => {
    const page = join(directory, 'report.html');
    await run(good, '--shuffles', '1', '--html', page);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg');
    expect(html).toContain('always:premium');
    expect(html).not.toContain('NaN');
  });

  test.each([
    ['a missing column', 'id,feature,model,cost_usd\n1,f,m,1', ['row 1, column success', 'missing']],
    ['a model without a price', `${HEADER}\n1,f,mini,1,,10,10`, ['row 2, column cost_usd', 'no price of "mini"']],
    ['a success of 1.7', `${HEADER}\n1,f,mini,1.7,1,,`, ['row 2, column success', '1.7']],
    ['duplicate ids', `${HEADER}\n1,f,mini,1,1,,\n1,f,mini,1,1,,`, ['row 3, column id', 'a second answer']],
    ['a truncated gzip', gzipSync([HEADER, ...ROWS].join('\n')).subarray(0, 200), ['the gzip ends too early']],
    ['an empty file', '', ['no rows']],
  ])('%s gives one line on stderr and exit code 1', async (_, content, words) => {
    const { code, stdout, stderr } = await run(file(content));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    for (const word of words) expect(stderr).toContain(word);
  });

  test('a misspelled policy is refused with a suggestion', async () => {
    const { code, stderr } = await run(good, '--policy', 'thomson');
    expect(code).toBe(1);
    expect(stderr).toContain('"thompson"?');
  });

  test('the error for a binary file does not print the file', async () => {
    const { code, stderr } = await run(file(`a${'\u001b['.repeat(500)}"`));
    expect(code).toBe(1);
    expect(stderr).toContain('Invalid Opening Quote');
    expect(stderr.length).toBeLessThan(300);
  });

  test('a model without rows is refused', async () => {
    const { code, stderr } = await run(good, '--models', 'mini,premum');
    expect(code).toBe(1);
    expect(stderr).toContain('--models: the table has no rows of "premum", did you mean "premium"?');
  });

  test('--skip-bad-rows drops bad rows, counts them and shows the first', async () => {
    const table = file([HEADER, ...ROWS, '61,support,mini,1.7,1,,', '0,support,mini,1,1,,', 'x'].join('\n'));
    const { code, stdout } = await run(table, '--skip-bad-rows', '--shuffles', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('3 bad rows were dropped');
    expect(stdout).toContain('row 122, column success');
  });

  test('--prices fills in blank costs', async () => {
    const prices = join(directory, 'prices.json');
    writeFileSync(prices, '{"mini":{"input":1,"output":2},"premium":{"input":10,"output":20}}');
    const table = file([HEADER, ...ROWS.map(row => row.replace(/,0\.\d+,/, ',,'))].join('\n'));
    const { stdout } = await run(table, '--prices', prices, '--policy', 'always:mini', '--failure-cost', '0', '--json');
    expect(JSON.parse(stdout).policies[0].costPerIntentUsd).toBeCloseTo(0.00014, 9);
  });

  test('the cost of `always` equals a hand-computed one and is compared with the best in hindsight', async () => {
    const { stdout } = await run(good, '--failure-cost', '1.5', '--shuffles', '2', '--json');
    const result = JSON.parse(stdout);
    const of = (name: string) => result.policies.find(({ policy }: { policy: string }) => policy === name);
    expect(of('always:mini').totalUsd).toBeCloseTo(60 * 0.001 + 20 * 1.5, 9);
    expect(of('always:mini').ratio).toBeCloseTo((60 * 0.001 + 20 * 1.5) / (60 * 0.01), 9);
    expect(of('always:premium').ratio).toBeCloseTo(1, 9);
    expect(of('always:premium').costPerSuccessUsd).toBeCloseTo(0.01, 9);
  });

  test('--models and --feature-prefix restrict the table, and the models keep the given order', async () => {
    const rows = [...ROWS, '99,invoice,mini,1,0.001,,', '99,invoice,premium,1,0.01,,'];
    const table = file([HEADER, ...rows].join('\n'));
    const args = ['--feature-prefix', 'inv', '--models', 'premium,mini', '--policy', 'always:mini', '--json'];
    expect(JSON.parse((await run(table, ...args)).stdout)).toMatchObject({
      features: ['invoice'],
      intents: 1,
      candidates: ['premium', 'mini'],
    });
  });

  test('the same seed gives the same result, and another seed gives another result', async () => {
    const of = async (seed: string) =>
      (await run(good, '--shuffles', '2', '--seed', seed, '--json')).stdout.replace(/"madeAtMs": \d+,/, '');
    const first = await of('x');
    expect(await of('x')).toBe(first);
    expect(await of('y')).not.toBe(first);
  });

  test.each([
    [['--failure-cost=-1'], 'A failure cannot cost less than 0'],
    [['--verdict', '0.9'], 'Not SENSITIVITY,SPECIFICITY[,USD].'],
    [['--verdict', '0.9,0.9,-1'], '-1 is not an amount in USD'],
    [['--feature-prefix', 'chat'], 'no row has the requested feature and model'],
  ])('the mistake in %j gives one message and exit code 1', async (args, message) => {
    const { code, stdout, stderr } = await run(good, ...args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});

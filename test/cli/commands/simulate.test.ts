import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as simulate from '../../../src/cli/commands/simulate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();
const SMALL = ['--intents', '400', '--runs', '2'];
const run = (...args: string[]) => runCommand(simulate, ['simulate', ...SMALL, ...args]);
/** The output without the fields that say when and how it was made. */
const json = async (...args: string[]) => {
  const { madeAtMs: _, options: __, ...result } = JSON.parse((await run(...args, '--json')).stdout);
  return result;
};
const policyOf = (result: { policies: { policy: string }[] }, name: string) =>
  result.policies.find(({ policy }) => policy === name) as {
    policy: string;
    regretUsd: number;
    successRate: number;
  } & Record<string, unknown>;

test('in the published example the better model has no regret, and the cheaper one has regret on every intent', async () => {
  const result = await json();
  expect(policyOf(result, 'always:reasoning').regretUsd).toBeCloseTo(0, 9);
  expect(policyOf(result, 'always:mini').regretUsd).toBeCloseTo(400 * (0.0019 + 4.5 - 0.014 - 0.75), 6);
  expect(policyOf(result, 'thompson').regretUsd).toBeLessThan(policyOf(result, 'random-mix').regretUsd / 4);
});

test('--model takes all models at once, or is repeated', async () => {
  const rest = ['--intents', '50', '--runs', '1', '--policy', 'always:b'];
  const models = ['a:0.001:0.2', 'b:0.002:0.9'];
  const together = await json('--model', ...models, ...rest);
  expect(together.plans).toEqual(['a', 'b']);
  expect(await json(...models.flatMap(model => ['--model', model]), ...rest)).toEqual(together);
});

test('--model sets the models, and a second success rate applies from the middle of the run', async () => {
  const result = await json('--model', 'a:0.001:0.2', '--model', 'b:0.002:0.9:0.1', '--policy', 'always:b');
  expect(result.plans).toEqual(['a', 'b']);
  expect(policyOf(result, 'always:b').successRate).toBeGreaterThan(0.4);
  expect(policyOf(result, 'always:b').successRate).toBeLessThan(0.6);
});

test('missing and late outcomes increase the regret', async () => {
  const known = policyOf(await json(), 'thompson').regretUsd;
  const partly = policyOf(await json('--labelled', '5%', '--delay', '100'), 'thompson').regretUsd;
  expect(partly).toBeGreaterThan(known);
});

test('the regret curve ends at the last intent even if its points do not divide the run evenly', async () => {
  const result = await json('--intents', '130', '--runs', '3', '--policy', 'thompson', 'random-mix');
  for (const { curve, regretUsd, chosen } of result.policies) {
    expect(curve.at(-1).intents).toBe(130);
    expect(curve.at(-1).regretUsd).toBeCloseTo(regretUsd, 6);
    expect(chosen.mini + chosen.reasoning).toBeCloseTo(130, 9);
  }
});

test('if the best plan changes in the middle of the run, the regret equals a hand-computed one', async () => {
  const models = ['--model', 'a:0.01:0.2:0.9', '--model', 'b:0.01:0.8'];
  const result = await json(...models, '--failure-cost', '10', '--policy', 'always:a', 'always:b');
  // Best: b (fails 0.2) for 200 intents, then a (fails 0.1).
  expect(policyOf(result, 'always:a').regretUsd).toBeCloseTo(200 * 10 * 0.6, 6);
  expect(policyOf(result, 'always:b').regretUsd).toBeCloseTo(200 * 10 * 0.1, 6);
});

test('the same seed gives the same result, and another seed gives another result', async () => {
  const first = await json('--policy', 'thompson', '--seed', 'x');
  expect(await json('--policy', 'thompson', '--seed', 'x')).toEqual(first);
  expect(await json('--policy', 'thompson', '--seed', 'y')).not.toEqual(first);
});

test('--verdict adds plans that climb', async () => {
  const result = await json('--verdict', '0.95,0.95,0.0001');
  expect(result.plans).toEqual(['mini', 'mini>reasoning', 'reasoning']);
});

test('the page shows regret and traffic over time', async () => {
  const page = join(directory, 'page.html');
  expect((await run('--html', page)).code).toBe(0);
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('Cost of exploration');
  expect(html).toContain('Shares of the plans');
  expect(html).not.toContain('NaN');
});

test.each([
  [['--model', 'a:1:0.5'], 'one model leaves no choice'],
  [['--model', 'a:1:0.5', '--model', 'a:2:0.6'], 'two models have the same name'],
  [['--model', 'a:1'], 'NAME:USD:SUCCESS'],
  [['--model', 'a:x:0.5'], 'Not a number'],
  [['--model', 'a:1:1.7'], '1.7 is not between 0 and 1'],
  [['--labelled', '3'], 'not between 0 and 1'],
  [['--policy', 'thomson'], '"thompson"?'],
  [['--model', 'a:-1:0.5'], '-1 is not an amount in USD'],
  [['--failure-cost', '-3'], '-3 is not an amount in USD'],
  [['--runs', '0'], 'Not a whole number of 1 or more.'],
  [['--intents', '0'], 'Not a whole number of 1 or more.'],
  [['--verdict', '0.9,0.9', '--labelled', '50%'], 'cannot be combined with missing, delayed or changing outcomes'],
  [['--verdict', '0.9,0.9', '--delay', '9'], 'cannot be combined with missing, delayed or changing outcomes'],
  [
    ['--verdict', '0.9,0.9', '--model', 'a:1:0.5:0.1', '--model', 'b:1:0.5'],
    'cannot be combined with missing, delayed or changing outcomes',
  ],
  [
    ['--verdict', '1,1', '--model', 'a:1:0.5', '--model', 'b:1:0.5', '--model', 'c:1:0.5'],
    'plans with a verdict are simulated for two models only',
  ],
])('the mistake in %j gives one message and exit code 1', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

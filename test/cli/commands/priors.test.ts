import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as priors from '../../../src/cli/commands/priors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();

const HEADER = 'id,feature,model,success,cost_usd';
const ROWS = Array.from({ length: 60 }, (_, i) => [
  `${i},support,premium,1,0.01`,
  `${i},support,mini,${i % 3 === 0 ? 0 : 1},0.001`,
]).flat();
const table = join(directory, 'outcomes.csv');
writeFileSync(table, [HEADER, ...ROWS, 'x,invoice,mini,1,0.001', 'y,invoice,mini,7,0.001'].join('\n'));
const run = (...args: string[]) => runCommand(priors, ['priors', table, ...args]);

test('`priors` prints the priors of every feature, the cheapest model first', async () => {
  const { code, stdout } = await run('--skip-bad-rows');
  expect(code).toBe(0);
  expect(stdout).toContain('models mini, premium');
  expect(stdout).toContain('      mini: { success: 0.661, strength: 10 }, // 66.7 % (54.1–77.3) of 60');
  expect(stdout).toContain('// Warning: premium has no outcome: it has no prior.');
  expect(stdout).toContain('1 bad rows were dropped');
});

test('--json prints one document with the counts', async () => {
  const { stdout, stderr } = await run('--json', '--feature-prefix', 'support', '--models', 'premium,mini');
  expect(stderr).toBe('');
  const { models, features } = JSON.parse(stdout);
  expect(models).toEqual(['premium', 'mini']);
  expect(features).toHaveLength(1);
  expect(features[0].models).toMatchObject([
    { model: 'premium', outcomes: 60, successes: 60 },
    { model: 'mini', outcomes: 60, successes: 40 },
  ]);
});

test('an invalid row stops the command with an error that names the row', async () => {
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('row 123, column success');
});

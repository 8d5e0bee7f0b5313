import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as explain from '../../../src/cli/commands/explain.ts';
import type { Explanation } from '../../../src/core/report/explanation.ts';
import { runCommand, runProgram } from './run-command.ts';
import { tenantLedger } from '../tenant-ledger.ts';
import { sampleLedger } from '../sample-ledger.ts';

const { directory, ledger } = sampleLedger();
const tenants = tenantLedger();
const run = async (...args: string[]) => runCommand(explain, ['explain', ...args]);

test('a feature is explained with a row for each plan, whose probabilities sum to one', async () => {
  const { stdout } = await run('support.reply', ledger);
  expect(stdout).toContain('has the lowest expected total cost per intent');
  const { plans, feature } = JSON.parse((await run('support.reply', ledger, '--json')).stdout);
  expect(feature).toBe('support.reply');
  expect(plans.reduce((sum: number, { share }: { share: number }) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const { description } of plans) expect(stdout).toContain(`│ ${description}`);
});

test('the ledger may come first, as in the other commands', async () => {
  const { stdout } = await run(ledger, 'support.reply', '--json');
  expect(JSON.parse(stdout).feature).toBe('support.reply');
});

test('`explain` accepts the name of a segment, and lists the other segments', async () => {
  const segment = 'tenant=acme,length=short';
  const explained = JSON.parse((await run('support', tenants.ledger, '--segment', segment, '--json')).stdout);
  expect(explained.segment).toBe(segment);
  expect(explained.segments).toEqual(['', 'tenant=globex,length=short', 'tenant=initech,length=short']);
  const { stdout } = await run('support', tenants.ledger);
  expect(stdout).toContain('Other segments (--segment): tenant=');
  // The explanation is not about the feature as a whole, whose intents have outcomes.
  expect(stdout).toMatch(/^support \(intents without context\), as of /);
  expect((await run('support', tenants.ledger, '--segment', 'tenant=acmee')).stderr).toContain(
    'no intents of the segment',
  );
});

test('a note says which controls an operator has set', async () => {
  await runProgram(['pin', 'support', 'mini>premium', tenants.ledger, '--by', 'ann']);
  expect((await run('support', tenants.ledger)).stdout).toContain('support is pinned to mini>premium.');
});

test.each([
  [
    { mode: 'observe', ownModel: 'premium' },
    1,
    /^The feature is only observed: premium answers every intent\. The policy alone/m,
  ],
  [
    { ownModel: 'premium', rollout: 0.1 },
    0.9,
    /^90\.0 % of the intents go to premium as a baseline \(holdout\)\. The policy/m,
  ],
])('with --config, the shares of %j are those that new intents get', async (adoption, atLeast, note) => {
  const config = join(directory, `${atLeast}.json`);
  const models = { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } };
  const feature = { candidates: ['mini', 'premium'], failureCostUsd: 15, ...adoption };
  writeFileSync(config, JSON.stringify({ models, features: { 'support.reply': feature } }));
  const premiumIn = async (...args: string[]): Promise<number> => {
    const { plans } = JSON.parse((await run('support.reply', ledger, '--json', ...args)).stdout) as Explanation;
    return plans.find(({ plan }) => plan === 'premium')?.share ?? 0;
  };
  const routed = await premiumIn();
  expect(await premiumIn('--config', config)).toBeCloseTo(atLeast + (1 - atLeast) * routed, 9);
  expect((await run('support.reply', ledger, '--config', config)).stdout).toMatch(note);
});

test('an unknown feature is refused with the known ones', async () => {
  const { code, stderr } = await run('support.replyy', ledger);
  expect(code).toBe(1);
  expect(stderr).toContain('did you mean "support.reply"?');
});

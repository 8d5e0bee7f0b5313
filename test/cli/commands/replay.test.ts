import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as replay from '../../../src/cli/commands/replay.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { contributionDelta } from '../../../src/core/cells/contribution.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import { attempted, commitAll, decided, evidence, history, NOON } from '../../stores/histories.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

/** What the test of the default policies reads of `--json`. */
interface ReplayJson {
  readonly policy: string;
  readonly features: Readonly<Record<string, unknown>>;
}

const directory = temporaryFolder();
const ledger = join(directory, 'router.db');
const world = modelsWorld({
  name: 'support',
  failureCostUsd: 15,
  models: [
    { name: 'mini', costUsd: 0.0019, success: 0.7 },
    { name: 'premium', costUsd: 0.014, success: 0.95 },
  ],
});

beforeAll(async () => {
  const store = sqlite(ledger);
  const { records } = simulatedLedger(world, randomMix({ premium: 4 }), { intents: 1500, seed: 1 });
  const changes = [...Map.groupBy(records, ({ intentId }) => intentId)].map(([intentId, facts]) => {
    const intent = foldIntent(facts);
    if (intent === undefined) throw new Error('nothing to store');
    const delta = contributionDelta(undefined, intent);
    return { intentId, feature: 'support', expectedRevision: 0, records: facts, delta, dueAtMs: null };
  });
  await store.commitAll(changes);
  await store.close();
});

const run = (...args: string[]) => runCommand(replay, ['replay', ...args]);

describe('replay', () => {
  test('without --policy `replay` estimates every fixed plan, with intervals that contain the true costs', async () => {
    const { code, stdout } = await run(ledger, '--json');
    const { replays } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(replays.map(({ policy }: { policy: string }) => policy).sort()).toEqual(['always:mini', 'always:premium']);
    for (const { policy, features } of replays) {
      const truth = policy === 'always:mini' ? 4.5019 : 0.764;
      const { low, high } = features.support.estimate.costPerIntentUsd;
      expect(low).toBeLessThan(truth);
      expect(high).toBeGreaterThan(truth);
    }
  });

  test('`replay` prints the total saving and writes an HTML page', async () => {
    const page = join(directory, 'page.html');
    const { stdout } = await run(ledger, '--policy', 'always:premium', '--html', page);
    expect(stdout).toMatch(/always:premium would have saved \$.* on 1,500 intents\./);
    expect(readFileSync(page, 'utf8')).toContain('What another policy would have cost');
  });

  test('`replay` gives the reason if the ledger does not allow an estimate', async () => {
    const { code, stdout } = await run(ledger, '--policy', 'always:mini', '--to', '2023-11-14T23:30:00Z');
    expect(code).toBe(0);
    expect(stdout).toContain('no estimate');
    expect(stdout).toContain('own choices (100 are needed)');
  });

  test('without --policy, a plan is compared only for the features that have it', async () => {
    const path = join(directory, 'two.db');
    const store = sqlite(path);
    const withOutcome = (atMs: number) => [attempted(atMs), evidence(atMs, { source: 'explicit', success: true })];
    await commitAll(store, [
      history('i', 'search', [decided(NOON, ['mini']), ...withOutcome(NOON)]),
      history('j', 'support', [decided(NOON, ['premium']), ...withOutcome(NOON)]),
      history('k', 'support', [decided(NOON, ['premium'])]),
    ]);
    await store.close();
    const { replays } = JSON.parse((await run(path, '--json')).stdout);
    expect(replays.map((each: ReplayJson) => [each.policy, Object.keys(each.features)])).toEqual([
      ['always:mini', ['search']],
      ['always:premium', ['support']],
    ]);
    const { stdout } = await run(path);
    expect(stdout).toContain('support: 1 of 2 intents (50.0 %) has no outcome and is left out');
    const asked = JSON.parse((await run(path, '--policy', 'always:mini', '--json')).stdout);
    expect(Object.keys(asked.replays[0].features)).toEqual(['search', 'support']);
  });

  test('--from and --to are half-open: two adjacent ranges add up to the whole', async () => {
    const intents = async (...range: string[]): Promise<number> => {
      const { stdout } = await run(ledger, '--policy', 'always:premium', ...range, '--json');
      return JSON.parse(stdout).replays[0].features.support.estimate.intents;
    };
    const before = await intents('--to', '2023-11-15T00:00:00Z');
    const after = await intents('--from', '2023-11-15T00:00:00Z');
    expect(before).toBeGreaterThan(0);
    expect(after).toBeGreaterThan(0);
    expect(before + after).toBe(await intents());
  });

  test('--failure-cost replaces the failure cost in the ledger', async () => {
    const { stdout } = await run(ledger, '--policy', 'always:premium', '--failure-cost', '1500', '--json');
    // Premium fails one intent in twenty.
    const { low, high } = JSON.parse(stdout).replays[0].features.support.estimate.costPerIntentUsd;
    expect(low).toBeLessThan(0.014 + 1500 / 20);
    expect(high).toBeGreaterThan(0.014 + 1500 / 20);
    expect(low).toBeGreaterThan(1500 / 40);
  });

  test.each([
    [['absent.db'], 'not a ledger: there is no such file'],
    [[ledger, '--policy', 'always:premum'], '"always:premium"?'],
    [[ledger, '--feature', 'suport'], '--feature: the ledger knows no feature "suport", did you mean "support"?'],
    [[ledger, '--from', 'soon'], 'ISO date'],
    [[ledger, '--failure-cost=-1'], '-1 is not an amount in USD'],
  ])('the mistake in %j gives one message and exit code 1', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });
});

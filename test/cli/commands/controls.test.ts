import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import * as controls from '../../../src/cli/commands/controls.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { attempted, commitAll, decided, history, NOON } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runCommand } from './run-command.ts';

const directory = temporaryFolder();
const ledger = join(directory, 'router.db');

beforeAll(async () => {
  const store = sqlite(ledger);
  await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON)])]);
  await store.close();
});

const run = (...args: string[]) => runCommand(controls, args);

test('switching a model off and on records who did it, when and why', async () => {
  expect((await run('controls', ledger)).stdout).toBe('Nothing is switched off, pinned or held out.\n');
  const off = await run('disable', 'mini', ledger, '--why', 'it answers in rhymes');
  expect(off).toMatchObject({ code: 0, stderr: '' });
  expect(off.stdout).toContain(`mini is switched off, in every process on ${ledger} within one refresh.`);
  const listed = await run('controls', ledger);
  for (const text of ['mini is switched off', 'UTC', userInfo().username, 'it answers in rhymes'])
    expect(listed.stdout).toContain(text);
  const on = await run('enable', 'mini', ledger, '--by', 'ann', '--json');
  expect(JSON.parse(on.stdout)).toMatchObject({
    kind: 'disabled',
    subject: 'mini',
    isSet: false,
    revision: 2,
    by: 'ann',
  });
  expect((await run('controls', ledger)).stdout).toBe('Nothing is switched off, pinned or held out.\n');
  const history = (await run('controls', ledger, '--history')).stdout;
  expect(history).toMatch(/mini is switched on .* ann .*\n.*mini is switched off .* it answers in rhymes/s);
});

test('a ledger without any setting has no history of settings', async () => {
  const store = sqlite(join(directory, 'none.db'));
  await store.features();
  await store.close();
  const { stdout } = await run('controls', join(directory, 'none.db'), '--history');
  expect(stdout).toBe('Nothing was ever switched off, pinned or held out.\n');
});

test('a feature can be pinned to a plan, and the pin can be lifted again', async () => {
  const pinned = await run('pin', 'support', 'mini>premium', ledger);
  expect(pinned.stdout).toContain('support is pinned to mini>premium');
  const store = sqlite(ledger);
  expect(await store.controls?.()).toContainEqual(
    expect.objectContaining({ kind: 'pinned', plan: 'mini>premium', isSet: true }),
  );
  await store.close();
  expect((await run('unpin', 'support', ledger)).stdout).toContain('support is not pinned any more');
});

test('a fraction of a feature is held out for one model, and the holdout is lifted again', async () => {
  const held = await run(
    'holdout',
    'support',
    'mini',
    ledger,
    '--fraction',
    '5%',
    '--why',
    'a baseline for the quarter',
  );
  expect(held).toMatchObject({ code: 0, stderr: '' });
  expect(held.stdout).toContain('5.0 % of the intents of support go to mini as a baseline, in every process on');
  expect((await run('controls', ledger)).stdout).toContain('a baseline for the quarter');
  const store = sqlite(ledger);
  expect(await store.controls?.()).toContainEqual(
    expect.objectContaining({ kind: 'holdout', subject: 'support', plan: 'mini', fraction: 0.05, isSet: true }),
  );
  await store.close();
  const ended = await run('end-holdout', 'support', ledger);
  expect(ended.stdout).toContain('the holdout of support is the configured one again');
  for (const fraction of ['5', '-1%', 'some'])
    expect(await run('holdout', 'support', 'mini', ledger, '--fraction', fraction)).toMatchObject({
      code: 1,
      stdout: '',
    });
});

test.each([
  [['holdout', 'support', 'huge', '--fraction', '0.1'], '<model>: "support" has no candidate "huge"'],
  [
    ['holdout', 'suport', 'mini', '--fraction', '0.1'],
    '<feature>: nothing is named "suport" here, did you mean "support"?',
  ],
  [['end-holdout', 'sales'], '<feature>: nothing is named "sales" here'],
  [['disable', 'minni'], '<model>: nothing is named "minni" here, did you mean "mini"?'],
  [['enable', 'gpt'], '<model>: nothing is named "gpt" here (accepted: "mini"'],
  [['pin', 'suport', 'mini'], '<feature>: nothing is named "suport" here, did you mean "support"?'],
  [['unpin', 'sales'], '<feature>: nothing is named "sales" here'],
  [['pin', 'support', 'huge'], '<plan>: "support" has no plan "huge"'],
])('%j is refused with the known names, and sets nothing', async (args, message) => {
  const { code, stderr, stdout } = await run(...args, ledger);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(message);
});

test('with a configuration, its models are known even if no intent has used them', async () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const models = {
    huge: { provider: 'other', model: 'huge-1', price },
    mini: { provider: 'other', model: 'm', price },
  };
  const config = join(directory, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({ models, features: { sales: { candidates: ['mini', 'huge'], failureCostUsd: 1 } } }),
  );
  expect((await run('disable', 'huge', ledger, '--config', config)).code).toBe(0);
  expect((await run('pin', 'sales', 'huge', ledger, '--config', config)).stdout).toContain('sales is pinned to huge');
});

test('a damaged row is named, the other controls are still listed, and setting its control again repairs it', async () => {
  await run('disable', 'mini', ledger);
  await run('pin', 'support', 'mini>premium', ledger);
  const database = new DatabaseSync(ledger);
  database.exec("UPDATE controls SET json = '{' WHERE name = 'pinned support'");
  const [{ revision } = { revision: 0 }] = database
    .prepare("SELECT revision FROM controls WHERE name = 'pinned support'")
    .all() as { revision: number }[];
  database.close();
  const listed = await run('controls', ledger);
  expect(listed.stdout).toContain('mini is switched off');
  expect([listed.code, listed.stderr]).toEqual([1, expect.stringContaining('controls (name "pinned support")')]);
  expect(await run('pin', 'support', 'mini>premium', ledger)).toMatchObject({ code: 0, stderr: '' });
  const store = sqlite(ledger);
  // Other processes apply a control only if its revision is later.
  expect(await store.controls?.()).toContainEqual(
    expect.objectContaining({ kind: 'pinned', isSet: true, revision: revision + 1 }),
  );
  await store.close();
});

test('every damaged row is named', async () => {
  const path = join(directory, 'damaged.db');
  const store = sqlite(path);
  await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON)])]);
  await store.close();
  await run('disable', 'mini', path);
  await run('holdout', 'support', 'mini', path, '--fraction', '5%');
  const database = new DatabaseSync(path);
  database.exec("UPDATE controls SET json = replace(json, '0.05', '7')");
  database.exec("UPDATE controls SET revision = 9007199254740993 WHERE name = 'disabled mini'");
  database.close();
  const { code, stdout, stderr } = await run('controls', path);
  expect([code, stdout]).toEqual([1, 'Nothing is switched off, pinned or held out.\n']);
  expect(stderr).toContain('controls (name "disabled mini")');
  expect(stderr).toContain('controls (name "holdout support")');
  expect((await run('holdout', 'support', 'mini', path, '--fraction', '5%')).code).toBe(0);
  expect((await run('enable', 'mini', path)).code).toBe(0);
  expect(await run('controls', path)).toMatchObject({ code: 0, stderr: '' });
});

test('a damaged record, of any feature, does not prevent a control from being set', async () => {
  const path = join(directory, 'damaged-record.db');
  const store = sqlite(path);
  await commitAll(store, [
    history('a', 'broken', [decided(NOON), attempted(NOON)]),
    history('b', 'support', [decided(NOON), attempted(NOON)]),
  ]);
  await store.close();
  const database = new DatabaseSync(path);
  expect(database.prepare("UPDATE ledger_8 SET json = '{' WHERE intent_id = 'a'").run().changes).toBe(2);
  database.close();
  for (const args of [
    ['disable', 'mini'],
    ['pin', 'support', 'mini>premium'],
    ['holdout', 'broken', 'mini', '--fraction', '5%'],
  ])
    expect(await run(...args, path)).toMatchObject({ code: 0, stderr: '' });
  expect((await run('disable', 'minni', path)).stderr).toContain('did you mean "mini"?');
});

/** A ledger in which the last 50 decisions had one eligible plan, and the decision before them had several. */
async function afterPin(name: string): Promise<string> {
  const path = join(directory, name);
  const store = sqlite(path);
  const { decision, ...first } = decided(NOON);
  const eligible = [...decision.eligible, 'premium>mini'];
  const climb = history('first', 'support', [{ ...first, decision: { ...decision, eligible } }, attempted(NOON)]);
  const later = Array.from({ length: 50 }, (_, index) =>
    history(`later-${index}`, 'support', [
      { ...decided(NOON + 1 + index, ['mini']), versions: { mini: 'm', mid: 'm' } },
    ]),
  );
  await commitAll(store, [climb, ...later]);
  await store.close();
  return path;
}

test.each([
  ['a candidate that no recent decision could choose', ['disable', 'mid']],
  ['a model of an earlier plan, by its statistics', ['disable', 'premium']],
  ['a plan that was used before the last decisions', ['pin', 'support', 'mini>premium']],
  ['a plan that was eligible then, and never used', ['pin', 'support', 'premium>mini']],
  ['a candidate as a plan of its own', ['pin', 'support', 'mid']],
  ['a candidate as a baseline', ['holdout', 'support', 'premium', '--fraction', '5%']],
])('without a configuration, %s is known', async (_, args) => {
  const path = await afterPin(`${args.join('-')}.db`);
  expect(await run(...args, path)).toMatchObject({ code: 0, stderr: '' });
  expect((await run('disable', 'huge', path)).code).toBe(1);
  expect((await run('pin', 'support', 'mid>mini', path)).stderr).toContain('"support" has no plan "mid>mini"');
});

test('a control can be lifted and set again even if nothing else in the store names its subject', async () => {
  const path = join(directory, 'bare.db');
  const store = sqlite(path);
  const set = { isSet: true, revision: 1, atMs: NOON } as const;
  await store.setControl?.({ ...set, kind: 'disabled', subject: 'old' });
  await store.setControl?.({ ...set, kind: 'pinned', subject: 'sales', plan: 'old' });
  await store.setControl?.({ ...set, kind: 'holdout', subject: 'mail', plan: 'old', fraction: 0.1 });
  await store.close();
  for (const args of [
    ['disable', 'old'],
    ['pin', 'sales', 'old'],
    ['holdout', 'mail', 'old', '--fraction', '5%'],
    ['enable', 'old'],
    ['unpin', 'sales'],
    ['end-holdout', 'mail'],
  ])
    expect(await run(...args, path)).toMatchObject({ code: 0, stderr: '' });
  expect((await run('disable', 'sales', path)).code).toBe(1);
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runProgram } from '../commands/run-command.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { anIntent, commitAll } from '../../stores/histories.ts';

const folder = temporaryFolder();
const ledger = join(folder, 'router.db');

beforeEach(async () => {
  rmSync(ledger, { force: true });
  const store = sqlite(ledger);
  await commitAll(store, [anIntent('a'), anIntent('b'), anIntent('c', 'extract')]);
  await store.close();
});

function spoil(statement: string): void {
  const database = new DatabaseSync(ledger);
  const { changes } = database.prepare(statement).run();
  database.close();
  expect(changes).toBe(1);
}

const NEGATIVE_COST = `UPDATE ledger_8 SET json = json_set(json, '$.attempt.costNanoUsd', -5)
  WHERE intent_id = 'a' AND json_extract(json, '$.kind') = 'attempted'`;
const PROPENSITY = `UPDATE ledger_8 SET json = json_set(json, '$.decision.propensity', 7.5)
  WHERE intent_id = 'a' AND revision = 0`;
const CELL = `UPDATE cells_8 SET sums = json_set(sums, '$.n', '-5')
  WHERE id = (SELECT id FROM cells_8 WHERE feature = 'support' AND key LIKE 'plan%' LIMIT 1)`;

test.each([
  ['report', NEGATIVE_COST, 'revision 1): record.attempt.costNanoUsd: -5'],
  ['report', PROPENSITY, 'revision 0): record.decision.propensity: 7.5'],
  ['report', CELL, 'n: -5 is below 0'],
  ['replay', NEGATIVE_COST, 'revision 1): record.attempt.costNanoUsd: -5'],
  ['replay', PROPENSITY, 'revision 0): record.decision.propensity: 7.5'],
])(
  '%s refuses a value that no ledger can have, and --skip-damaged leaves its row out (%#)',
  async (command, change, message) => {
    spoil(change);
    const refused = await runProgram([command, ledger]);
    expect([refused.code, refused.stdout, refused.stderr]).toEqual([1, '', expect.stringContaining(message)]);
    const { code, stderr } = await runProgram([command, ledger, '--skip-damaged']);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`left out: `)]);
    expect(stderr).toContain(message);
    expect(stderr).toContain('1 damaged row is left out.');
  },
);

test('no statistics are made from a record with an impossible value, and the error names its row', async () => {
  spoil(NEGATIVE_COST);
  const before = new DatabaseSync(ledger).prepare('SELECT key, sums FROM cells_8').all();
  const { code, stderr } = await runProgram(['rebuild', ledger]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('ledger (intent "a", revision 1)')]);
  expect(new DatabaseSync(ledger).prepare('SELECT key, sums FROM cells_8').all()).toEqual(before);
});

test('`rebuild` recalculates negative statistics from the ledger', async () => {
  spoil(CELL);
  expect((await runProgram(['rebuild', ledger])).stdout).toContain('1 cells differed');
  expect(await runProgram(['report', ledger])).toMatchObject({ code: 0 });
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import * as exporting from '../../../src/cli/commands/export.ts';
import * as importing from '../../../src/cli/commands/import.ts';
import { cellKeyString } from '../../../src/core/cells/cell.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { RoutedLedger } from './routed-ledger.ts';
import { routedLedger } from './routed-ledger.ts';
import { runCommand } from './run-command.ts';

let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger();
  await runCommand(exporting, ['export', made.ledger, '--out', file('all.jsonl')]);
});

const file = (name: string): string => `${made.directory}/${name}`;
const run = (...args: string[]) => runCommand(importing, ['import', ...args]);

async function contents(path: string) {
  const store = sqlite(path);
  const cells = await Promise.all((await store.features()).map(async feature => store.cells(feature)));
  const due = await store.claimDue(Number.MAX_SAFE_INTEGER, 1_000, 0);
  await store.close();
  return {
    cells: Object.fromEntries(cells.flat().map(({ key, sums }) => [cellKeyString(key), sums])),
    due: due.length,
  };
}

test('an imported ledger has the same cells as the original; without --config silence never labels its pending intents', async () => {
  const { code, stdout } = await run(file('all.jsonl'), file('copy.db'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+ records of 24 intents are in .*copy\.db\. Intents without an outcome stay pending/);
  const copy = await contents(file('copy.db'));
  expect(copy.cells).toEqual((await contents(made.ledger)).cells);
  expect(copy.due).toBe(0);
});

test('with --config, silence will label as many pending intents as in the original ledger', async () => {
  await run(file('all.jsonl'), '--db', file('waiting.db'), '--config', made.config);
  const { due } = await contents(file('waiting.db'));
  expect(due).toBeGreaterThan(0);
  expect(due).toBe((await contents(made.ledger)).due);
});

test('importing a truncated export fails and leaves no ledger', async () => {
  const lines = readFileSync(file('all.jsonl'), 'utf8').trim().split('\n');
  writeFileSync(file('cut.jsonl'), `${lines.slice(0, -5).join('\n')}\n`);
  const { code, stderr } = await run(file('cut.jsonl'), file('cut.db'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/cut\.jsonl, line \d+: the export is cut off after/);
  expect(existsSync(file('cut.db'))).toBe(false);
});

test('a damaged export leaves an existing file without a ledger unchanged, and the whole export can be imported there', async () => {
  const [empty, damaged] = [file('empty.db'), file('damaged.jsonl')];
  const store = sqlite(empty);
  await store.features();
  await store.close();
  const lines = readFileSync(file('all.jsonl'), 'utf8').trim().split('\n');
  // More than are committed at once.
  const more = Array.from({ length: 20 }, (_, index) =>
    lines.slice(1, -1).map(line => line.replace(/"intentId":"/, `"intentId":"${index}-`)),
  );
  const last = (lines.at(-2) ?? '').replace(/"revision":\d+/, '"revision":99');
  writeFileSync(damaged, `${[lines[0], ...more.flat(), last].join('\n')}\n`);
  const failed = await run(damaged, empty);
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringMatching(/damaged\.jsonl, line \d+: .*out of order/)]);
  expect(await contents(empty)).toEqual({ cells: {}, due: 0 });
  expect((await run(file('all.jsonl'), empty)).code).toBe(0);
  expect((await contents(empty)).cells).toEqual((await contents(made.ledger)).cells);
});

test('an import that fails while it writes to an existing file says that it can be run again, and the second run succeeds', async () => {
  const full = file('full.db');
  const store = sqlite(full);
  await store.features();
  await store.close();
  const other = new DatabaseSync(full);
  other.exec(`CREATE TRIGGER full BEFORE INSERT ON ledger_8 BEGIN SELECT RAISE(ABORT, 'full'); END`);
  const { code, stderr } = await run(file('all.jsonl'), full);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/full\.db: it may have a part of the export now: /)]);
  expect(stderr).toContain('the same import once more, which adds what is missing');
  other.exec('DROP TRIGGER full');
  other.close();
  expect((await run(file('all.jsonl'), full)).code).toBe(0);
  expect((await contents(full)).cells).toEqual((await contents(made.ledger)).cells);
});

test('an import completes a ledger that has a part of the export: some intents, or some records of one', async () => {
  const [header = '', ...lines] = readFileSync(file('all.jsonl'), 'utf8').trim().split('\n');
  const part = lines.slice(0, Math.floor(lines.length / 3));
  const end = JSON.stringify({ ...JSON.parse(lines.at(-1) ?? ''), records: part.length });
  writeFileSync(file('part.jsonl'), `${[header, ...part, end].join('\n')}\n`);
  const target = file('part.db');
  expect((await run(file('part.jsonl'), target)).code).toBe(0);
  // Once more adds nothing.
  for (let round = 0; round < 2; round++) {
    const { code, stdout } = await run(file('all.jsonl'), target);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/ records of 24 intents are in /)]);
    expect((await contents(target)).cells).toEqual((await contents(made.ledger)).cells);
  }
});

test('importing an export into a ledger with newer records is refused and leaves it unchanged', async () => {
  const grown = file('grown.db');
  await run(file('all.jsonl'), grown);
  const store = sqlite(grown);
  const [decided] = await Array.fromAsync(store.scan({ kind: 'decided' }));
  const { intentId, feature } = { ...decided, intentId: 'later' } as LedgerRecord;
  const records = [{ ...decided, intentId }] as readonly LedgerRecord[];
  await store.commitAll([{ intentId, feature, expectedRevision: 0, records, delta: [], dueAtMs: null }]);
  await store.close();
  const before = await contents(grown);
  const { code, stderr } = await run(file('all.jsonl'), grown);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`error: ${grown}: the store already has a ledger`)]);
  expect(await contents(grown)).toEqual(before);
});

test('importing into a ledger whose intents were all pruned is refused and leaves it unchanged', async () => {
  const pruned = file('pruned.db');
  await run(file('all.jsonl'), pruned);
  const store = sqlite(pruned);
  expect((await store.prune(Infinity)).intents).toBe(24);
  await store.close();
  const before = await contents(pruned);
  const { code, stderr } = await run(file('all.jsonl'), pruned);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`error: ${pruned}: the store already has a ledger`)]);
  expect(await contents(pruned)).toEqual(before);
});

test('a missing export file gives one error and creates no ledger', async () => {
  const { code, stderr } = await run(file('none.jsonl'), file('none.db'));
  expect(code).toBe(1);
  expect(stderr).toContain("is invalid for argument 'file'. There is no such file.");
  expect(existsSync(file('none.db'))).toBe(false);
});

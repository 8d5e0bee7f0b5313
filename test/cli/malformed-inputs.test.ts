/**
 * Files that a command reads, each damaged in one random place: the command reads the file all the same, or it ends with one clear error
 * and has written nothing.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import * as bench from '../../src/cli/commands/bench.ts';
import * as exporting from '../../src/cli/commands/export.ts';
import * as importing from '../../src/cli/commands/import.ts';
import * as prices from '../../src/cli/commands/prices.ts';
import * as reconciling from '../../src/cli/commands/reconcile.ts';
import type { SeededRandom } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { RoutedLedger } from './commands/routed-ledger.ts';
import { routedLedger } from './commands/routed-ledger.ts';
import { runCommand } from './commands/run-command.ts';
import { trials } from '../support/trials.ts';

/** Of each kind of file. */
const FILES = trials(40);

const folder = temporaryFolder();
const file = (name: string): string => join(folder, name);
let made: RoutedLedger;
beforeAll(async () => {
  made = await routedLedger(3);
  await runCommand(exporting, ['export', made.ledger, '--out', file('ledger.jsonl')]);
  await runCommand(exporting, [
    'export',
    made.ledger,
    '--format',
    'focus',
    '--focus-version',
    '1.4',
    '--out',
    file('bill.csv'),
  ]);
});

const WORDS = [
  '-1',
  '1e309',
  '""',
  'null',
  'NaN',
  '0.5',
  '"',
  '{',
  ']',
  ',',
  '\0',
  '\u{FEFF}',
  '\ud83d',
  '__proto__',
  '=1+1',
  '99999999999999999999',
];

function spoilt(text: string, random: SeededRandom): string {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random.next() * items.length)] as Item;
  const at = Math.floor(random.next() * text.length);
  const lines = text.split('\n');
  const line = Math.floor(random.next() * lines.length);
  switch (Math.floor(random.next() * 7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + Math.floor(random.next() * 20));
    case 2:
      return text.slice(0, at) + pick(WORDS) + text.slice(at);
    case 3:
      return lines.with(line, '').join('\n');
    case 4:
      return lines.toSpliced(line, 0, lines[line] ?? '').join('\n');
    case 5:
      // A value in place of another one.
      return (
        text.slice(0, at) + text.slice(at).replace(/[:,]\s*("[^"]*"|[\w.-]+)/, match => `${match[0]}${pick(WORDS)}`)
      );
    default:
      return lines
        .with(
          line,
          (lines[line] ?? '').replace(/[a-z]{3,}/i, name => `${name}x`),
        )
        .join('\n');
  }
}

const TABLE = [
  'id,feature,model,success,cost_usd,input_tokens,output_tokens',
  ...Array.from({ length: 12 }, (_, i) => [
    `${i},support,mini,${i % 2},0.001,100,20`,
    `${i},support,premium,1,0.01,100,20`,
  ]).flat(),
].join('\n');
const price = { inputUsdPerMillion: 9, outputUsdPerMillion: 9 };
const CONFIG = JSON.stringify(
  {
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, own: { provider: 'openai', model: 'llama', price } },
    features: {
      support: { candidates: ['mini', 'own'], failureCostUsd: 1, silence: { after: '30m', means: 'success' } },
    },
  },
  null,
  1,
);

// In a bill, most of the damage is in rows and columns that are not compared, or makes a difference and no error.
test.each([
  [
    'ledger.jsonl',
    0.8,
    () => readFileSync(file('ledger.jsonl'), 'utf8'),
    (path: string) => runCommand(importing, ['import', path, file('new.db')]),
  ],
  [
    'bill.csv',
    0.15,
    () => readFileSync(file('bill.csv'), 'utf8'),
    (path: string) =>
      runCommand(reconciling, ['reconcile', made.ledger, '--bill', path, '--apply', '--yes', '--config', made.config]),
  ],
  [
    'outcomes.csv',
    0.5,
    () => TABLE,
    (path: string) =>
      runCommand(bench, [
        'bench',
        path,
        '--failure-cost',
        '1',
        '--shuffles',
        '1',
        '--policy',
        'always:mini',
        '--html',
        file('new.html'),
      ]),
  ],
  ['config.json', 0.6, () => CONFIG, (path: string) => runCommand(prices, ['prices', 'check', '--config', path])],
])(
  `each of ${FILES} damaged files (%s; at least a fraction of %d is refused) is read, or gives one clear error and leaves nothing behind`,
  async (name, refusedShare, whole, run) => {
    const random = seededRandom(`spoilt ${name}`);
    const text = whole();
    let refused = 0;
    for (let index = 0; index < FILES; index++) {
      const bad = spoilt(text, random);
      const path = file(`spoilt-${index}-${name}`);
      writeFileSync(path, bad);
      const before = readFileSync(made.ledger);
      const { code, stdout, stderr } = await run(path);
      const where = `${name} ${index}:\n${stderr}${stdout}`;
      expect([0, 1], where).toContain(code);
      expect(stderr, where).not.toMatch(/this is a bug|^\s+at /m);
      const errors = stderr.match(/^error: /gm)?.length ?? 0;
      // Commands that compare or check say so with exit code 1 too, in their own words.
      if (code === 0) expect(errors, where).toBe(0);
      else if (stdout === '') expect(errors, where).toBe(1);
      if (errors === 1) {
        refused++;
        for (const left of ['new.db', 'new.html']) expect(existsSync(file(left)), where).toBe(false);
        if (name === 'bill.csv') expect(readFileSync(made.ledger).equals(before), where).toBe(true);
      }
      for (const left of ['new.db', 'new.db-wal', 'new.db-shm', 'new.html']) rmSync(file(left), { force: true });
      rmSync(path);
    }
    expect(refused / FILES).toBeGreaterThanOrEqual(refusedShare);
  },
  120_000,
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sourceFacts } from '../../../src/cli/io/result-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { runProgram } from '../commands/run-command.ts';

const directory = temporaryFolder();

test('a page and the JSON name the ledger, the version and the options as typed, without those that choose the output', async () => {
  const ledger = join(directory, 'demo.db');
  expect((await runProgram(['demo', '--db', ledger, '--intents', '300'])).code).toBe(0);
  const page = join(directory, 'r.html');
  const args = ['report', ledger, '--last', '30d', '--feature', 'support.reply', `--html=${page}`];
  const report = JSON.parse((await runProgram([...args, '--json'])).stdout);
  const options = '--last 30d --feature support.reply';
  expect(report).toMatchObject({ ledger, madeBy: 'outcome-router 1.2.3', options });
  const html = readFileSync(page, 'utf8');
  for (const fact of [ledger, options]) expect(html).toContain(`<dd>${fact}</dd>`);
  expect(html).toMatch(/<dd>[\d-]+ [\d:]+ UTC by outcome-router 1\.2\.3<\/dd>/);
  const { stdout } = await runProgram(args);
  expect(stdout).toMatch(/^.*demo\.db \(--last 30d --feature support\.reply\), made at .* by outcome-router 1\.2\.3\./);
});

test('an option with blanks is quoted, and a page without options states that there are none', async () => {
  const { stdout } = await runProgram(['simulate', '--intents', '10', '--runs', '1', '--seed', 'a b', '--json']);
  expect(JSON.parse(stdout).options).toBe('--intents 10 --runs 1 --seed "a b"');
  expect(sourceFacts({ madeBy: 'outcome-router 1.2.3', madeAtMs: 0, options: '' })).toEqual([
    ['Generated', '1970-01-01 00:00 UTC by outcome-router 1.2.3'],
    ['Options', 'none'],
  ]);
});

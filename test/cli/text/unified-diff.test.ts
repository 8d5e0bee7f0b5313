import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { unifiedDiff } from '../../../src/cli/text/unified-diff.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { trials } from '../../support/trials.ts';

test('changed lines are shown between three unchanged ones, and in separate parts if they are far apart', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const changed = lines.with(1, 'two').toSpliced(15, 0, 'new');
  expect(unifiedDiff('a.ts', `${lines.join('\n')}\n`, `${changed.join('\n')}\n`)).toBe(
    [
      '--- a/a.ts',
      '+++ b/a.ts',
      '@@ -1,5 +1,5 @@',
      ' line 1',
      '-line 2',
      '+two',
      ' line 3',
      ' line 4',
      ' line 5',
      '@@ -13,6 +13,7 @@',
      ' line 13',
      ' line 14',
      ' line 15',
      '+new',
      ' line 16',
      ' line 17',
      ' line 18',
    ].join('\n'),
  );
});

test('equal texts have no difference', () => {
  expect(unifiedDiff('a.ts', 'x\n', 'x\n')).toBe('');
});

test('git can apply a diff, which gives the second text', () => {
  const folder = temporaryFolder();
  const random = seededRandom('diff');
  const texts = new Map<string, string>();
  // One call of git for all cases: starting git takes longer than its work.
  let diffs = '';
  for (let count = 0; count < trials(25); count++) {
    const text = (): string[] =>
      Array.from({ length: 1 + Math.floor(random.next() * 30) }, () => `${Math.floor(random.next() * 4)}`);
    const [before, after] = [text(), random.next() < 0.5 ? text() : text()];
    const kept =
      random.next() < 0.7
        ? before.flatMap(line => (random.next() < 0.2 ? [line, 'x'] : random.next() < 0.2 ? [] : [line]))
        : after;
    // The last line of a text may end without a newline.
    const end = (): string => (random.next() < 0.5 ? '\n' : '');
    const [old, now] = [before.join('\n') + end(), [...kept, 'end'].join('\n') + end()];
    const file = `${count}.txt`;
    writeFileSync(join(folder, file), old);
    texts.set(file, now);
    diffs += `${unifiedDiff(file, old, now)}\n`;
  }
  execFileSync('git', ['apply', '-'], { cwd: folder, input: diffs });
  for (const [file, text] of texts) expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
});

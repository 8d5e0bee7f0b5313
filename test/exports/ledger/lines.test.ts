import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from '../../../src/exports/ledger/lines.ts';

async function collect(chunks: Iterable<string>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(chunks)) lines.push(line);
  return lines;
}

it('the lines do not depend on how the text is chunked', async () => {
  const line = fc.string({ minLength: 1 }).filter(text => text.trim() !== '' && !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat({ max: 20 }), { minLength: 1 }), async (lines, sizes) => {
      let rest = lines.join('\n');
      const chunks: string[] = [];
      for (let i = 0; rest !== '' && i < 200; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        chunks.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      expect(await collect([...chunks, rest])).toEqual(lines);
    }),
  );
});

it('blank lines are left out', async () => {
  expect(await collect(['a\n\n \nb\n'])).toEqual(['a', 'b']);
  expect(await collect(['a\n', ' '])).toEqual(['a']);
});

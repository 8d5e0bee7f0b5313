/** The tree must find a text if one of the added texts differs from it only in the slots, and no other text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutTree } from '../../../src/replay/ledger/layout-tree.ts';
import { slotsIn } from '../../../src/replay/ledger/text-scan.ts';
import { trials } from '../../support/trials.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The text without the contents of its slots. */
function layoutOf(json: string): string | undefined {
  const bytes = encoder.encode(json);
  const slots = slotsIn(bytes, 0, bytes.length);
  if (slots === undefined) return undefined;
  let [layout, end] = ['', 0];
  for (const { from, to } of slots) {
    layout += `${decoder.decode(bytes.subarray(end, from))}\n`;
    end = to;
  }
  return layout + decoder.decode(bytes.subarray(end));
}

const anyJson = fc
  .dictionary(
    fc.constantFrom('intentId', 'costNanoUsd', 'latencyMs', 'value', 'model', 'a name of some length', 'turn'),
    fc.oneof(
      fc.constantFrom('x', 'yz', 'a text of some length', 'a text of some other length', '', 'é', 0, 12, 1.5, -3, null),
      fc.array(fc.constantFrom('x', 7, true), { maxLength: 2 }),
    ),
    { maxKeys: 5 },
  )
  .map(value => JSON.stringify(value));

test('law: a text is found, with its slots, exactly if a text of the same layout was added', () => {
  fc.assert(
    fc.property(fc.array(anyJson, { maxLength: 12 }), fc.array(anyJson, { maxLength: 12 }), (added, asked) => {
      const tree = layoutTree<{ layout: string }>();
      const known = new Map<string, { layout: string }>();
      for (const json of added) {
        const bytes = Buffer.from(`"${json}`);
        const slots = slotsIn(bytes, 1, bytes.length);
        const layout = layoutOf(json);
        if (slots === undefined || layout === undefined) continue;
        const named = known.get(layout) ?? { layout };
        known.set(layout, named);
        tree.add(bytes, { start: 1, end: bytes.length, slots }, named);
        // The memory of a page is used again.
        bytes.fill(0);
      }
      for (const json of [...added, ...asked]) {
        // In a page: other bytes are before and behind it.
        const bytes = encoder.encode(`}${json}{"x":1}`);
        const end = encoder.encode(json).length + 1;
        const found = tree.find(bytes, 1, end);
        expect(found, json).toBe(known.get(layoutOf(json) ?? 'none'));
        if (found === undefined) continue;
        for (const [slot, { from, to }] of (slotsIn(bytes, 1, end) ?? []).entries()) {
          expect([tree.from[slot], tree.to[slot]]).toEqual([from, to]);
        }
      }
    }),
    { numRuns: trials(300) },
  );
});

test('a text that ends early, or goes on, is not found', () => {
  const bytes = encoder.encode('{"intentId":"a","turn":1}');
  const tree = layoutTree<object>();
  tree.add(bytes, { start: 0, end: bytes.length, slots: slotsIn(bytes, 0, bytes.length) ?? [] }, {});
  for (let end = 0; end < bytes.length; end++) expect(tree.find(bytes, 0, end)).toBeUndefined();
  expect(tree.find(bytes, 0, bytes.length)).toBeDefined();
  expect(tree.find(encoder.encode('{"intentId":"a","turn":1}}'), 0, bytes.length + 1)).toBeUndefined();
  expect(tree.find(encoder.encode('{"intentId":"abc'), 0, 16)).toBeUndefined();
});

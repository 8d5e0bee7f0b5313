import { expect, test } from 'vitest';
import { intentIds } from '../../../src/replay/ledger/intent-ids.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('every id is found by its text, and has the number in which it was added, among ten thousand', () => {
  const ids = intentIds();
  const known = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    // Every second one came before.
    const id = `intent ${(i * 7) % 10_007} é`;
    const bytes = bytesOf(`<${id}>`);
    const found = ids.find(bytes, 1, bytes.length - 1);
    expect(found).toBe(known.get(id) ?? -1);
    if (found < 0) known.set(id, ids.add(bytes, 1, bytes.length - 1));
  }
  expect(ids.length).toBe(10_007);
  expect([...known.values()]).toEqual([...known].map((_, i) => i));
  for (const [id, index] of known) expect(ids.text(index)).toBe(id);
});

test('two ids of which one is the beginning of the other are different, and an empty id is valid', () => {
  const ids = intentIds();
  const numbers = ['', 'a', 'ab', 'b'].map(id => {
    const bytes = bytesOf(id);
    return [ids.find(bytes, 0, bytes.length), ids.add(bytes, 0, bytes.length)];
  });
  expect(numbers).toEqual([
    [-1, 0],
    [-1, 1],
    [-1, 2],
    [-1, 3],
  ]);
  expect(ids.find(bytesOf('xaby'), 1, 3)).toBe(2);
});

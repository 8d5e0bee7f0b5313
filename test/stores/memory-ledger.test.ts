import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeptIntent } from '../../src/stores/memory-ledger.ts';
import { memoryLedger } from '../../src/stores/memory-ledger.ts';
import { anIntent } from './histories.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('append' as const), id }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove' as const), id }) },
);

test('law: a walk between two serial numbers yields the records that are still there in order, whatever was removed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), fc.nat(30), (steps, after, last) => {
      const ledger = memoryLedger();
      let list: { readonly id: string; readonly serial: number }[] = [];
      for (const [serial, each] of steps.entries()) {
        const intent = ledger.intents.get(each.id);
        if (each.does === 'append') {
          ledger.setClosed(ledger.append(intent ?? each.id, anIntent(each.id).records, serial), true);
          list.push({ id: each.id, serial });
        } else if (intent !== undefined) {
          ledger.remove(intent);
          list = list.filter(item => item.id !== each.id);
        }
      }
      const found = (from: number) => [...ledger.appended(from, last)].map(({ serial }) => serial);
      const expected = list.map(({ serial }) => serial).filter(serial => serial <= last);
      expect(found(-1)).toEqual(expected);
      expect(found(after)).toEqual(expected.filter(serial => serial > after));
      for (const [name, { records }] of ledger.intents)
        expect(records).toHaveLength(3 * list.filter(item => item.id === name).length);
    }),
  );
});

test('the intent that changed longest ago is the first of the closed ones', () => {
  const ledger = memoryLedger();
  const [a, b] = ['a', 'b'].map((name, serial) => ledger.append(name, anIntent(name).records, serial));
  for (const intent of [a, b, a] as KeptIntent[]) ledger.setClosed(intent, true);
  expect(ledger.closed.first?.value).toBe(b);
  ledger.setClosed(b as KeptIntent, false);
  expect(ledger.closed.first?.value).toBe(a);
  expect(ledger.closed.size).toBe(1);
});

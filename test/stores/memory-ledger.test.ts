import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryLedger, recordsOf } from '../../src/stores/memory-ledger.ts';
import { anIntent, answeredIntent } from './histories.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('append' as const), id, isClosed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('answer' as const), id }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('remove' as const), id }) },
);

interface Part {
  readonly id: string;
  readonly serial: number;
  readonly records: number;
  readonly isClosed: boolean;
}

/** A ledger after these steps, and the parts that have to be left in its log. */
function ledgerAfter(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
  const ledger = memoryLedger();
  let parts: readonly Part[] = [];
  for (const [serial, each] of steps.entries()) {
    const intent = ledger.intents.get(each.id);
    const { records } = anIntent(each.id);
    if (each.does === 'append') {
      ledger.append(intent ?? each.id, records, { serial, isClosed: each.isClosed });
      parts = [...parts, { id: each.id, serial, records: records.length, isClosed: each.isClosed }];
    } else if (each.does === 'answer' && intent === undefined) {
      ledger.appendAnswered(answeredIntent(each.id), serial);
      parts = [...parts, { id: each.id, serial, records: 2, isClosed: true }];
    } else if (each.does === 'remove' && intent !== undefined) {
      ledger.remove(intent);
      parts = parts.filter(part => part.id !== each.id);
    }
  }
  return { ledger, parts };
}

const steps = fc.array(step, { maxLength: 40 });

test('law: a walk between two serial numbers yields the records that are still there in order, whatever was removed', () => {
  fc.assert(
    fc.property(steps, fc.nat(40), fc.nat(40), (given, after, last) => {
      const { ledger, parts } = ledgerAfter(given);
      const found = (from: number) => [...ledger.appended(from, last)].map(({ serial }) => serial);
      const expected = parts.map(({ serial }) => serial).filter(serial => serial <= last);
      expect(found(-1)).toEqual(expected);
      expect(found(after)).toEqual(expected.filter(serial => serial > after));
      for (const intent of ledger.intents.values()) {
        const own = parts.filter(part => part.id === intent.id).reduce((sum, part) => sum + part.records, 0);
        expect([recordsOf(intent).length, intent.revision]).toEqual([own, own]);
      }
    }),
  );
});

test('law: the closed intents are those without a due time, and the intent that changed longest ago comes first', () => {
  fc.assert(
    fc.property(steps, given => {
      const { ledger, parts } = ledgerAfter(given);
      const closed = parts.filter(
        (part, index) => part.isClosed && !parts.slice(index + 1).some(({ id: later }) => later === part.id),
      );
      const ids = closed.map(part => part.id);
      expect([...ledger.closed()].map(intent => intent.id)).toEqual(ids);
      for (const name of ids) {
        const oldest = ledger.oldestClosed();
        expect(oldest?.id).toBe(name);
        if (oldest !== undefined) ledger.remove(oldest);
      }
      expect(ledger.oldestClosed()).toBeUndefined();
    }),
  );
});

test('an intent that was open when others were pruned is pruned after its last change', () => {
  const ledger = memoryLedger();
  const { records } = anIntent('a');
  ledger.append('a', records, { serial: 1, isClosed: false });
  ledger.appendAnswered(answeredIntent('b'), 2);
  expect(ledger.oldestClosed()?.id).toBe('b');
  const open = ledger.intents.get('a');
  if (open === undefined) return expect.unreachable();
  ledger.append(open, [], { serial: 3, isClosed: true });
  expect(ledger.oldestClosed()?.id).toBe('b');
  ledger.remove(ledger.intents.get('b') ?? open);
  expect(ledger.oldestClosed()?.id).toBe('a');
});

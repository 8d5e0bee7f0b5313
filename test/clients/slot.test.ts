import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIntentId, isName } from '../../src/core/ledger/names.ts';
import { featureSlot, intentSlot, judgeSlot, parseSlot } from '../../src/clients/slot.ts';

const name = fc.stringMatching(/^[^#~>!@\s:]{1,20}$/).filter(isName);
const id = fc.stringMatching(/^[^#~@\s]{1,30}$/).filter(isIntentId);

test('parsing a slot gives the feature, intent and judge that it was made from', () => {
  fc.assert(
    fc.property(name, id, name, fc.array(name, { minLength: 1, maxLength: 3 }), (feature, intentId, model, plan) => {
      const node = plan.join('>');
      expect(parseSlot(featureSlot(feature))).toEqual({ feature });
      expect(parseSlot(intentSlot(feature, intentId))).toEqual({ feature, intentId });
      expect(parseSlot(judgeSlot(feature, intentId, model, node))).toEqual({
        feature,
        intentId,
        judge: { model, node },
      });
    }),
  );
});

test('the slots have the documented text', () => {
  expect(featureSlot('support.reply')).toBe('feature:support.reply');
  expect(intentSlot('support.reply', 'i1')).toBe('feature:support.reply#i1');
  expect(judgeSlot('support.reply', 'i1', 'mini', 'a!b')).toBe('feature:support.reply#i1~mini@a!b');
});

test.each(['', '#b', ' x', 'x\ny', 'ticket-\ud83d', 'z'.repeat(50_000)].map(id => [id.slice(0, 10), id]))(
  'a slot with the id %j, which no intent can have, is refused',
  (_, id) => {
    const error = expect.objectContaining({ code: 'invalid-value', path: 'model' }) as Error;
    expect(() => parseSlot(`feature:a#${id}`)).toThrow(error);
  },
);

test("a judge's slot without the node is refused", () => {
  expect(() => parseSlot('feature:a#i1~mini')).toThrow('feature:<feature>#<intent>~<model>@<node>');
});

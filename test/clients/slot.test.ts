import fc from 'fast-check';
import { expect, test } from 'vitest';
import { featureSlot, intentSlot, judgeSlot, parseSlot } from '../../src/clients/slot.ts';

// The characters that the configuration and an intent's id may have.
const name = fc.stringMatching(/^[^#~>!@\s:]{1,20}$/);
const id = fc.stringMatching(/^[^#~@\s]{1,30}$/);

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

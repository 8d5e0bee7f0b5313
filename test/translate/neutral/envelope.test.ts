import { expect, test } from 'vitest';
import { envelopeOf, isEnvelope, openEnvelope } from '../../../src/translate/neutral/envelope.ts';
import { RawJson } from '../../../src/translate/neutral/json-text.ts';

const part = {
  kind: 'reasoning',
  text: 'shown',
  owner: { api: 'openai-responses', model: 'gpt-5' },
  sealed: [{ encrypted_content: 'é', n: new RawJson('1e400') }],
} as const;

test('an envelope gives the owner its reasoning back as it was', () => {
  expect(openEnvelope(envelopeOf(part))).toEqual({ owner: part.owner, sealed: part.sealed });
});

test('a seal of a vendor is no envelope, and one that was cut off holds nothing', () => {
  expect(isEnvelope('EqoBCk')).toBe(false);
  expect(openEnvelope('EqoBCk')).toBeUndefined();
  expect(openEnvelope(envelopeOf(part).slice(0, 40))?.sealed).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { envelopeOf, isEnvelope, openEnvelope } from '../../../src/translate/neutral/envelope.ts';
import { RawJson } from '../../../src/translate/neutral/json-text.ts';

const OWNER = { api: 'openai-responses', model: 'gpt-5' } as const;

describe('the envelope of reasoning', () => {
  test('an envelope is opened as it was sealed, byte for byte', () => {
    const sealed = [
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'é😀+/=\u0000', n: new RawJson('12345678901234567890') },
    ];

    expect(openEnvelope(envelopeOf({ kind: 'reasoning', text: '', owner: OWNER, sealed }))).toStrictEqual({
      owner: OWNER,
      sealed,
    });
    expect(
      openEnvelope(envelopeOf({ kind: 'reasoning', text: '', owner: { api: OWNER.api }, sealed: [] })),
    ).toStrictEqual({
      owner: { api: OWNER.api },
      sealed: [],
    });
  });

  test('an envelope is distinguished from the signature of a vendor', () => {
    expect(openEnvelope('EqQBCkYIBxgCKkD')).toBeUndefined();
    expect(isEnvelope('EqQBCkYIBxgCKkD')).toBe(false);
    expect(isEnvelope(envelopeOf({ kind: 'reasoning', text: '', owner: OWNER, sealed: [] }))).toBe(true);
  });

  test.each([
    'or1.',
    'or1.!!!',
    'or1.e30',
    `or1.${Buffer.from('{"owner":{"api":"x"},"sealed":[]}').toString('base64url')}`,
  ])('an envelope that was modified contains nothing, and does not count as a signature of a vendor: %s', text => {
    expect(openEnvelope(text)?.sealed).toStrictEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { keysOf, lastSealKey, lastString, sealKey } from '../../src/wires/reply-keys.ts';
import type { RequestBody } from '../../src/wires/request-body.ts';
import { topLevelMembers } from '../../src/wires/top-level.ts';

function bodyOf(messages: unknown, space?: number): RequestBody {
  const text = JSON.stringify(
    { metadata: { signature: 'not here' }, messages, user: '"signature":"nor here"' },
    null,
    space,
  );
  return { text, conversation: 'messages', members: topLevelMembers(text, { conversation: 'messages' }) ?? [] };
}

test('a key is only the end of the seal, so that the ledger does not store the whole seal', () => {
  const seal = `${'a'.repeat(500)}${'b'.repeat(32)}`;
  expect(sealKey(seal)).toBe(`sealed:${'b'.repeat(32)}`);
});

test('absent and empty keys are left out', () => {
  expect(keysOf(undefined, '', 'resp_1')).toEqual(['resp_1']);
  expect(keysOf(undefined, '')).toBeUndefined();
});

describe('the last seal of a conversation', () => {
  test.each([undefined, 2])(
    'the last seal of reasoning is found at any position, also with white space (indent %s)',
    space => {
      const messages = [
        { content: [{ type: 'thinking', signature: 'first' }] },
        {
          content: [
            { type: 'thinking', signature: 'second' },
            { type: 'text', text: 'after' },
          ],
        },
      ];
      expect(lastSealKey(bodyOf(messages, space), 'signature')).toBe(sealKey('second'));
    },
  );

  test('a seal counts only if it is a non-empty string in the conversation, not one quoted in a text', () => {
    expect(lastSealKey(bodyOf([{ content: '"signature":"quoted"' }]), 'signature')).toBeUndefined();
    expect(lastSealKey(bodyOf([{ signature: null }, { signature: '' }]), 'signature')).toBeUndefined();
    expect(lastSealKey(bodyOf([]), 'signature')).toBeUndefined();
  });
});

test('the last string with a given name is read from the conversation alone', () => {
  expect(lastString(bodyOf([{ id: 'rs_1' }, { id: 'msg_2' }, { id: null }]), 'id')).toBe('msg_2');
  expect(lastString(bodyOf([{ role: 'user' }]), 'id')).toBeUndefined();
});

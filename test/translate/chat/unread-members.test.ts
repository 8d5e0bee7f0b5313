import { expect, test } from 'vitest';
import { unreadMembers } from '../../../src/translate/chat/unread-members.ts';

test('members of a message that are not read are named where they say something', () => {
  const read = { role: 'assistant', content: 'hi', refusal: null, reasoning: 'hm', reasoning_details: [{}] };
  expect(unreadMembers(read)).toEqual([]);
  expect(unreadMembers({ ...read, annotations: [], audio: null, images: [{}], audio_id: 'a' })).toEqual([
    'images',
    'audio_id',
  ]);
  expect(unreadMembers('hi')).toEqual([]);
});

import { expect, test } from 'vitest';
import { unreadMembers } from '../../../src/translate/neutral/unread-members.ts';

const READ = new Set(['role', 'content']);

test('members of a reply that are not read are named, except for null, false, and empty texts and lists', () => {
  const message = { role: 'assistant', content: 'hi' };
  expect(unreadMembers(message, READ)).toEqual([]);
  const more = { annotations: [], audio: null, text: '', flag: false, images: [{}], audio_id: 'a', count: 0 };
  expect(unreadMembers({ ...message, ...more }, READ)).toEqual(['images', 'audio_id', 'count']);
  expect(unreadMembers('hi', READ)).toEqual([]);
});

import { expect, test } from 'vitest';
import { unreadOfCompletion, unreadOfMessage } from '../../../src/translate/chat/reply-members.ts';
import { objectsOf, sdkShapes } from '../../support/sdk-shapes.ts';

const FILE = 'node_modules/openai/resources/chat/completions/completions.d.ts';
const { shapeOf } = sdkShapes();

/** An object of the type with a value in every field. */
function full(type: string, inside?: string): Record<string, unknown> {
  const [object] = objectsOf(shapeOf(FILE, type));
  const field = inside === undefined ? undefined : object?.fields.get(inside)?.shape;
  const fields = field === undefined ? object?.fields : objectsOf(field.kind === 'list' ? field.of : field)[0]?.fields;
  return Object.fromEntries([...(fields?.keys() ?? [])].map(name => [name, 'x']));
}

test('every field of the SDK’s replies is read, or the caller is notified that it is left out', () => {
  expect(unreadOfCompletion(full('ChatCompletion'), full('ChatCompletion', 'choices'))).toEqual([
    'metadata',
    'moderation',
  ]);
  expect(unreadOfCompletion(full('ChatCompletionChunk'), full('ChatCompletionChunk', 'choices'))).toEqual([
    'moderation',
  ]);
  expect(unreadOfMessage(full('ChatCompletionMessage'))).toEqual(['audio']);
});

test('the caller is notified of fields that servers add, unless they state how the reply was served', () => {
  const completion = { id: 'a', provider: 'x', citations: ['https://a'], search_results: [{}] };
  expect(unreadOfCompletion(completion, { index: 0, native_finish_reason: 'stop' })).toEqual([
    'citations',
    'search_results',
  ]);
  expect(unreadOfMessage({ role: 'assistant', reasoning_details: [{}], images: [{}] })).toEqual(['images']);
});

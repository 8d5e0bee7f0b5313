import { expect, test } from 'vitest';
import { unreadOfResponse } from '../../../src/translate/responses/reply-members.ts';
import { objectsOf, sdkShapes } from '../../support/sdk-shapes.ts';

const FILE = 'node_modules/openai/resources/responses/responses.d.ts';
const { shapeOf } = sdkShapes();

test('every field of the SDK’s response is read, repeats the request, or is reported as left out', () => {
  const [response] = objectsOf(shapeOf(FILE, 'Response'));
  const full = Object.fromEntries([...(response?.fields.keys() ?? [])].map(name => [name, 'x']));
  expect(unreadOfResponse({ ...full, of_a_gateway: 1 })).toEqual([
    'input_transformations',
    'moderation',
    'prompt_cache_diagnostics',
    'of_a_gateway',
  ]);
});

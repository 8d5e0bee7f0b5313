import { expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { ownedBy, owns } from '../../../src/translate/neutral/ownership.ts';

const API = 'anthropic-messages';

test('reasoning is sent back only to the model and the address that wrote it', () => {
  const owner = { api: API, model: 'm', endpoint: 'e' } as const;
  expect(owns({ model: 'm', endpoint: 'e' }, API, owner)).toBe(true);
  expect(owns({ model: 'n', endpoint: 'e' }, API, owner)).toBe(false);
  expect(owns({ model: 'm', endpoint: 'f' }, API, owner)).toBe(false);
  expect(owns({ model: 'm', endpoint: 'e' }, 'openai-responses', owner)).toBe(false);
});

test('reasoning with an unknown owner is sent to any model of its API', () => {
  expect(owns({ model: 'm', endpoint: 'e' }, API, { api: API })).toBe(true);
});

test('a reply may call its model by another name than the requests do', () => {
  const part: ContentPart = { kind: 'reasoning', text: 't', owner: { api: API, model: 'm-20250101' }, sealed: [{}] };
  expect(ownedBy(part, { api: API, model: 'm' })).toMatchObject({ owner: { model: 'm' } });
  expect(ownedBy({ kind: 'text', text: 't' }, { api: API, model: 'm' })).toStrictEqual({ kind: 'text', text: 't' });
});

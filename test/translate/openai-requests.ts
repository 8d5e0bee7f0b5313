/** Requests of OpenAI's APIs through the neutral conversation. */
import type { Conversation } from '../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../src/translate/neutral/json-text.ts';
import type { TargetModel } from '../../src/translate/neutral/translator.ts';
import { readRequest as readChat } from '../../src/translate/chat/read-request.ts';
import { writeRequest as writeChat } from '../../src/translate/chat/write-request.ts';
import { readRequest as readResponses } from '../../src/translate/responses/read-request.ts';
import { writeRequest as writeResponses } from '../../src/translate/responses/write-request.ts';

const MODEL: TargetModel = { model: 'm' };

/** The body as it is sent: without undefined fields. */
function sent(body: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(body)) as JsonObject;
}

export const fromChat = (body: object): Conversation => readChat({ model: 'm', messages: [], ...body });
export const fromResponses = (body: object): Conversation => readResponses({ model: 'm', store: false, ...body });
export const asChat = (conversation: Conversation, model = MODEL): JsonObject => sent(writeChat(conversation, model));
export const asResponses = (conversation: Conversation, model = MODEL): JsonObject =>
  sent(writeResponses(conversation, model));

/** A conversation as Anthropic's room reads it. */
export function fromAnthropic(conversation: Partial<Conversation>): Conversation {
  return {
    api: 'anthropic-messages',
    system: [],
    turns: [],
    tools: [],
    isStream: false,
    settings: {},
    own: [],
    ...conversation,
  };
}

export const user = (...parts: Conversation['turns'][number]['parts']): Conversation['turns'][number] => ({
  path: 'messages[0]',
  role: 'user',
  parts,
});

export const assistant = (...parts: Conversation['turns'][number]['parts']): Conversation['turns'][number] => ({
  path: 'messages[1]',
  role: 'assistant',
  parts,
});

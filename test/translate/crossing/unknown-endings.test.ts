/** Reasons to end that this version does not know: the client reads the end of a reply, and the receipt names the reason. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import { streamOf } from '../checklist/native-stream.ts';
import { bytesOf } from '../streams/sent.ts';

type Ended = (reason: string) => Record<string, unknown>;

const chat: Ended = finish_reason => ({
  id: 'chatcmpl-1',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

const message: Ended = stop_reason => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hi', citations: null }],
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
});

const response: Ended = reason => ({
  id: 'resp_1',
  object: 'response',
  status: 'incomplete',
  model: 'm',
  incomplete_details: { reason },
  output: [
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
    },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
});

describe.each<readonly [Api, Ended, string, readonly string[]]>([
  ['openai-chat', chat, 'finish_reason', ['stop', 'LENGTH', 'max_tokens', 'content_filter']],
  ['anthropic-messages', message, 'stop_reason', ['end_turn', 'max_tokens', 'refusal', 'compaction']],
  ['openai-responses', response, 'incomplete_details.reason', ['max_output_tokens', 'content_filter']],
])('%s', (api, ended, field, known) => {
  function leftOut(reason: string): readonly (readonly string[])[] {
    const { leftOut: plain = [] } = translatorOf(api).readReply(JSON.stringify(ended(reason)));
    const reader = translatorOf(api).eventReader();
    const events: ReplyEvent[] = [];
    for (const byte of bytesOf(streamOf(api, ended(reason)))) events.push(...reader.push(Uint8Array.of(byte)));
    events.push(...reader.end());
    expect(events.at(-1)).toMatchObject({ on: 'end' });
    return [plain, events.flatMap(event => (event.on === 'left-out' ? [event.name] : []))];
  }

  test.each(known)('the end reason %s is known', reason => {
    expect(leftOut(reason)).toEqual([[], []]);
  });

  test('an end reason of one word is named, plain and streamed', () => {
    expect(leftOut('out_of_budget')).toEqual([[`${field}:out_of_budget`], [`${field}:out_of_budget`]]);
  });

  test('an end reason of more than one word is not repeated, because it may quote the reply', () => {
    expect(leftOut('because "Hi" was enough')).toEqual([[field], [field]]);
  });
});

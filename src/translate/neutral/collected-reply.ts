/** The events of a whole stream as one reply: some servers answer a plain request with a stream. */
import type { Api, ContentPart } from './conversation.ts';
import type { NeutralReply, ReplyEvent } from './reply.ts';

/** @throws Error for a stream without a whole reply */
export function collectedReply(api: Api, events: readonly ReplyEvent[]): NeutralReply {
  const parts: ContentPart[] = [];
  let reply: NeutralReply = { api, id: '', model: '', parts, finish: 'other' };
  for (const event of events) {
    if (event.on === 'start') reply = { ...reply, id: event.id, model: event.model, usage: event.usage };
    else if (event.on === 'close') parts[event.at] = event.part;
    else if (event.on === 'left-out') reply = { ...reply, leftOut: [...(reply.leftOut ?? []), event.name] };
    else if (event.on === 'usage') reply = { ...reply, usage: event.usage };
    else if (event.on === 'error') throw new Error('the stream reports an error, or ends before its reply');
    else if (event.on === 'finish') {
      const { on: _, ...ending } = event;
      reply = { ...reply, ...ending };
    }
  }
  return reply;
}

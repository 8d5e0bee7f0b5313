/** A whole reply as the events of a stream: some servers answer a request for a stream with JSON. */
import type { ContentPart } from './conversation.ts';
import type { PartOrder } from './part-order.ts';
import { partOrder } from './part-order.ts';
import type { NeutralReply, ReplyEvent } from './reply.ts';

export function replyEvents(reply: NeutralReply): readonly ReplyEvent[] {
  const { id, model, usage, finish, stopSequence, explanation } = reply;
  const events: ReplyEvent[] = [{ on: 'start', id, model, usage }];
  const parts = partOrder(
    event => events.push(event),
    () => {},
  );
  for (const part of reply.parts) addPart(parts, part, finish !== 'tool-calls');
  for (const name of reply.leftOut ?? []) events.push({ on: 'left-out', name });
  events.push({ on: 'finish', finish, stopSequence, explanation });
  if (usage !== undefined) events.push({ on: 'usage', usage });
  events.push({ on: 'end' });
  return events;
}

function addPart(parts: PartOrder, part: ContentPart, isCutOff: boolean): void {
  const said = part.kind === 'tool-call' ? part.input : 'text' in part ? part.text : '';
  const begun = parts.begin(emptied(part));
  parts.say(begun, said);
  parts.close(begun, { whole: part, isCutOff });
}

/** The part as a stream begins it. */
function emptied(part: ContentPart): ContentPart {
  if (part.kind === 'tool-call') return { ...part, input: '' };
  return 'text' in part ? { ...part, text: '' } : part;
}

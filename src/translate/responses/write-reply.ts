/** Writes a response. */
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import { isList, isObject } from '../neutral/json-values.ts';
import { noted } from '../neutral/own.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import type { Asked } from '../neutral/translator.ts';
import { tierOf } from '../openai/written.ts';
import { writtenFinish } from './finish.ts';
import { outputItem } from './output-items.ts';
import { responseObject } from './response.ts';
import { writtenUsage } from './usage.ts';

/** Parts in their order, each as an item. */
export function writeReply(reply: NeutralReply, asked: Asked): JsonObject {
  const { model, parts, finish, usage } = reply;
  const tier = tierOf(reply);
  const ending = writtenFinish(finish);
  const output = parts.flatMap((part, index) => {
    // Only the last item can have been cut off.
    const status = index === parts.length - 1 ? ending.status : 'completed';
    const item = outputItem(part, { responseId: asked.id, index, status });
    return item === undefined ? [] : [withLogprobs(item, part)];
  });
  const response = responseObject(asked, {
    model,
    ...ending,
    output,
    usage: usage === undefined ? null : writtenUsage(usage),
  });
  return tier === undefined ? response : { ...response, service_tier: tier };
}

/** The log probabilities of a text are in its part. */
function withLogprobs(item: JsonObject, { own }: ContentPart): JsonObject {
  const logprobs = noted(own, 'logprobs');
  const [part] = isList(item.content) ? item.content : [];
  return logprobs === undefined || !isObject(part) ? item : { ...item, content: [{ ...part, logprobs }] };
}

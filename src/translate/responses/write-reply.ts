/** Writes a response. */
import { refusalAtEnd } from '../neutral/finish.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import type { Asked } from '../neutral/translator.ts';
import { tierOf } from '../openai/written.ts';
import { writtenFinish } from './finish.ts';
import { outputItem } from './output-items.ts';
import { responseObject } from './response.ts';
import { writtenUsage } from './usage.ts';

/** Parts in their order, each as an item. */
export function writeReply(reply: NeutralReply, asked: Asked): JsonObject {
  const { model, finish, usage } = reply;
  const refusal = refusalAtEnd(
    reply,
    reply.parts.some(({ kind }) => kind === 'refusal'),
  );
  const parts = refusal === undefined ? reply.parts : [...reply.parts, refusal];
  const tier = tierOf(reply);
  const ending = writtenFinish(finish);
  const output = parts.flatMap((part, index) => {
    // Only the last item can have been cut off.
    const status = index === parts.length - 1 ? ending.status : 'completed';
    const item = outputItem(part, { responseId: asked.id, index, status });
    return item === undefined ? [] : [item];
  });
  const response = responseObject(asked, {
    model,
    ...ending,
    output,
    usage: usage === undefined ? null : writtenUsage(usage),
  });
  return tier === undefined ? response : { ...response, service_tier: tier };
}

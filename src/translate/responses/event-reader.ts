/** Reads a stream of OpenAI's Responses API. */
import { field, listField, stringField } from '../../wires/json-fields.ts';
import { responsesReply } from '../../wires/openai-responses-reply.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import type { NativeEvents, NeutralStream } from '../neutral/event-reader.ts';
import { eventReader } from '../neutral/event-reader.ts';
import type { EventReader } from '../neutral/translator.ts';
import { readFinish, unreadFinish } from './finish.ts';
import { unreadOfResponse } from './reply-members.ts';
import { streamedItems } from './streamed-items.ts';

export function responsesEventReader(): EventReader {
  return eventReader('openai-responses', responsesEvents);
}

function responsesEvents({ parts, emit, leaveOut, fail, finish }: NeutralStream): NativeEvents {
  const items = streamedItems(parts);
  let hasStarted = false;

  function start(response: unknown): void {
    const model = stringField(response, 'model') ?? '';
    items.setModel(model);
    if (!hasStarted) emit({ on: 'start', id: stringField(response, 'id') ?? '', model });
    hasStarted = true;
  }

  function end(response: unknown): void {
    start(response);
    for (const name of [...unreadOfResponse(response), ...unreadFinish(response)]) leaveOut(name);
    // Some vendors send items only in the last event.
    for (const [index, item] of listField(response, 'output').entries()) items.finish(index, item as JsonObject);
    const ending = readFinish(response, items);
    parts.closeAll({ isCutOff: ending !== 'tool-calls' });
    emit({ on: 'finish', finish: ending });
    const { usage } = responsesReply(response, []);
    if (usage !== undefined) emit({ on: 'usage', usage });
    finish();
  }

  return {
    read(json) {
      const event = json as JsonObject;
      switch (field(event, 'type')) {
        case 'response.output_text.delta':
        case 'response.refusal.delta':
        case 'response.function_call_arguments.delta':
        case 'response.custom_tool_call_input.delta':
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          return items.say(event);
        case 'response.output_text.done':
        case 'response.refusal.done':
        case 'response.function_call_arguments.done':
        case 'response.custom_tool_call_input.done':
          items.sayWhole(event);
          break;
        case 'response.output_item.added':
          items.begin(event);
          break;
        case 'response.output_item.done':
          items.finish(field(event, 'output_index'), (event.item ?? {}) as JsonObject);
          break;
        case 'response.created':
        case 'response.queued':
        case 'response.in_progress':
          start(event.response);
          break;
        case 'response.completed':
        case 'response.incomplete':
          end(event.response);
          break;
        case 'response.failed':
        case 'response.cancelled':
          fail(failureOf(event.response));
          break;
        default: {
          const type = stringField(event, 'type') ?? '';
          if (!REPEATED.has(type)) leaveOut(type);
        }
      }
      return undefined;
    },
  };
}

/** Events whose content other events repeat. */
const REPEATED: ReadonlySet<string> = new Set([
  'keepalive',
  'response.output_text.annotation.added',
  'response.content_part.added',
  'response.content_part.done',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_part.done',
  'response.reasoning_summary_text.done',
  'response.reasoning_text.done',
]);

/** The error alone: a response repeats its request. */
function failureOf(response: JsonValue | undefined): JsonValue {
  const error = field(response, 'error') as JsonValue | undefined;
  return { error: error ?? { message: `The response is ${stringField(response, 'status') ?? 'over'}.` } };
}

/** Reads the answer to a request for a stream, which some servers give as JSON: the whole reply, or an error. */
import { parseJson } from '../../wires/json-fields.ts';
import { readEventError } from '../../wires/reply-error.ts';
import { brokenStream } from './event-reader.ts';
import type { JsonValue } from './json-text.ts';
import type { ReplyEvent } from './reply.ts';
import { replyEvents } from './reply-events.ts';
import type { EventReader, Translator } from './translator.ts';

type StreamSource = Pick<Translator, 'api' | 'eventReader' | 'readReply'>;

/** @param translator of the API that answers */
export function streamReader(translator: StreamSource): EventReader {
  const decoder = new TextDecoder();
  let events: EventReader | undefined;
  let isJson = false;
  let isOver = false;
  let text = '';

  return {
    push(chunk) {
      if (events !== undefined) return events.push(chunk);
      text += decoder.decode(chunk, { stream: true });
      isJson ||= /^\s*[{[]/.test(text);
      if (isJson || text.trim() === '') return [];
      events = translator.eventReader();
      return events.push(new TextEncoder().encode(text));
    },
    end() {
      if (isOver) return [];
      isOver = true;
      return isJson ? eventsOfJson(text, translator) : (events ?? translator.eventReader()).end();
    },
  };
}

function eventsOfJson(text: string, translator: StreamSource): readonly ReplyEvent[] {
  const { api } = translator;
  const json = parseJson(text);
  if (readEventError(json, false) !== undefined) return [{ on: 'error', api, error: json as JsonValue }];
  try {
    return replyEvents(translator.readReply(text));
  } catch {
    return [{ on: 'error', api, error: brokenStream('The answer is neither a stream nor a reply.') }];
  }
}

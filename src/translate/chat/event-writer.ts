/** Writes a stream of chat completion chunks. */
import { field } from '../../wires/json-fields.ts';
import type { Usage } from '../../core/ledger/usage.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import { eventBytes } from '../neutral/event-bytes.ts';
import { refusalAtEnd } from '../neutral/finish.ts';
import { jsonText } from '../neutral/json-text.ts';
import { noted } from '../neutral/own.ts';
import { nestedPages, pagesOf } from '../openai/citations.ts';
import type { ReplyEvent, ReplyFinish } from '../neutral/reply.ts';
import type { Asked, EventWriter } from '../neutral/translator.ts';
import { readVendorError } from '../neutral/vendor-error.ts';
import { finishReason } from './finish.ts';
import { writtenUsage } from './usage.ts';

export function chatEventWriter({ request, id, nowS }: Asked): EventWriter {
  const wantsUsage = field(request.stream_options, 'include_usage') === true;
  const hasFunctions = Array.isArray(request.functions);
  let calls = 0;
  let hasRefusal = false;
  /** Characters of the texts that are finished. */
  let chars = 0;
  let finish: ReplyFinish = 'other';
  let usage: Usage | undefined;
  /** JSON before and after the content of a choice. */
  let head = '';
  const tail = wantsUsage ? ',"usage":null}\n\n' : '}\n\n';
  /** JSON before and after the next piece. */
  let before = '';
  let after = '';

  function start(model: string): string {
    const common = JSON.stringify({ id, object: 'chat.completion.chunk', created: nowS, model });
    head = `data: ${common.slice(0, -1)},"choices":[`;
    return chunk('{"role":"assistant","content":null,"refusal":null}');
  }

  /** @param delta as JSON text, like the others */
  function chunk(delta: string, { reason = 'null', logprobs = 'null' } = {}): string {
    return `${head}{"index":0,"delta":${delta},"logprobs":${logprobs},"finish_reason":${reason}}]${tail}`;
  }

  /** Log probabilities and sources of a text are known only when the text is complete. */
  function close(part: ContentPart): string {
    const content = noted(part.own, 'logprobs');
    const pages = nestedPages(pagesOf(part), chars);
    if (part.kind === 'text') chars += part.text.length;
    const told = content === undefined ? '' : chunk('{}', { logprobs: jsonText({ content, refusal: null }) });
    return pages.length === 0 ? told : told + chunk(jsonText({ annotations: pages }));
  }

  /** Sets the text around the pieces of a part. */
  function surround(begin: string, end: string): void {
    const [first = '', last = ''] = chunk(`${begin}\0${end}`).split('\0');
    before = first;
    after = last;
  }

  function open(part: ContentPart): string {
    if (part.kind === 'text') surround('{"content":', '}');
    else if (part.kind === 'refusal') openRefusal();
    else if (part.kind === 'tool-call') return openCall(part.id, part.name, part.form);
    // A completion has no field for reasoning.
    else before = '';
    return '';
  }

  function openRefusal(): void {
    hasRefusal = true;
    surround('{"refusal":', '}');
  }

  function openCall(callId: string, name: string, form: 'json' | 'free'): string {
    if (hasFunctions) {
      surround('{"function_call":{"arguments":', '}}');
      return chunk(JSON.stringify({ function_call: { name, arguments: '' } }));
    }
    const index = calls;
    calls += 1;
    const [type, input] = form === 'json' ? (['function', 'arguments'] as const) : (['custom', 'input'] as const);
    surround(`{"tool_calls":[{"index":${index},"${type}":{"${input}":`, '}}]}');
    return chunk(JSON.stringify({ tool_calls: [{ index, id: callId, type, [type]: { name, [input]: '' } }] }));
  }

  function explain(ending: ReplyEvent & { readonly on: 'finish' }): string {
    const refusal = refusalAtEnd(ending, hasRefusal)?.text;
    return refusal === undefined ? '' : chunk(JSON.stringify({ refusal }));
  }

  function end(): string {
    const ending = chunk('{}', { reason: JSON.stringify(finishReason(finish, hasFunctions)) });
    const counted =
      wantsUsage && usage !== undefined ? `${head}],"usage":${JSON.stringify(writtenUsage(usage))}}\n\n` : '';
    return `${ending}${counted}data: [DONE]\n\n`;
  }

  function write(event: ReplyEvent): string {
    switch (event.on) {
      case 'piece':
        return before === '' ? '' : before + JSON.stringify(event.piece) + after;
      case 'open':
        return open(event.part);
      case 'start':
        return start(event.model);
      case 'ping':
        return ': ping\n\n';
      case 'left-out':
        return '';
      case 'usage':
        ({ usage } = event);
        return '';
      case 'finish':
        ({ finish } = event);
        return explain(event);
      case 'end':
        return end();
      case 'error':
        return `data: ${JSON.stringify(errorOf(event))}\n\n`;
      case 'close':
        return close(event.part);
    }
  }

  return { push: events => eventBytes(events, write) };
}

function errorOf({ api, error }: ReplyEvent & { readonly on: 'error' }): object {
  const { message, openaiType, code, body } = readVendorError(jsonText(error), 200);
  return { error: { message, type: openaiType, param: null, code, upstream: { api, body } } };
}

/** Replies that have failed: errors that are sent with status 200. */
import type { FakeApiName, FakeReply, RenderedEvent } from './fake-api.ts';
import type { ProviderError } from './fake-errors.ts';
import type { Json } from './fake-request.ts';
import { jsonObject, objectOf } from './fake-request.ts';
import type { FakeErrorForm } from './faults.ts';

export type InReply = Extract<FakeErrorForm, { readonly sentAs: 'event' | 'reply' }>;

/** The reply that fails with this error, in place of the one that the model would have sent. */
export function failedReply(reply: FakeReply, api: FakeApiName, error: ProviderError, form: InReply): FakeReply {
  // Messages has no reply that reports its own failure.
  const asReply = form.sentAs === 'reply' && api !== 'anthropic-messages';
  const reportsUsage = asReply && form.reportsUsage === true;
  if ('json' in reply) {
    const json = asReply ? failedJson(reply.json, api, error, reportsUsage) : error.body;
    return { json, incomplete: !reportsUsage };
  }
  const isChat = api === 'openai-chat';
  const own = reply.events.filter(({ part }) => part !== 'done');
  const sent = own.slice(0, form.afterEvents ?? (asReply && !isChat ? 1 : 0));
  const usageChunk = own.filter(({ part }) => part === 'usage-chunk' && reportsUsage);
  const ending = !asReply
    ? errorEvent(api, error, sent.length)
    : isChat
      ? failedChunk(own[0], error)
      : failedResponse(own.at(-1), error, sent.length, reportsUsage);
  return { events: [...sent, ending, ...usageChunk, ...(isChat ? [DONE] : [])], incomplete: true };
}

const DONE: RenderedEvent = { text: 'data: [DONE]\n\n', chars: 0, withoutOutput: true, part: 'done' };

function event(data: Json, name?: string): RenderedEvent {
  const text = `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
  return { text, chars: 0, withoutOutput: true };
}

/** An event about the error alone. `position`: number of events before it. */
function errorEvent(api: FakeApiName, error: ProviderError, position: number): RenderedEvent {
  if (api === 'openai-chat') return event(error.body);
  if (api === 'anthropic-messages') return event(error.body, 'error');
  const { code, type, message, param } = errorFields(error);
  return event({ type: 'error', sequence_number: position, code: code ?? type, message, param }, 'error');
}

/** The chunk with which a chat reply that began with the chunk `first` reports that it failed. */
function failedChunk(first: RenderedEvent | undefined, error: ProviderError): RenderedEvent {
  const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error' }];
  return event({ ...dataOf(first), error: quoted(error), choices });
}

/** The event with which a response that would have ended with the event `last` reports that it failed. */
function failedResponse(
  last: RenderedEvent | undefined,
  error: ProviderError,
  position: number,
  reportsUsage: boolean,
): RenderedEvent {
  const response = failedJson(objectOf(dataOf(last).response), 'openai-responses', error, reportsUsage);
  const failed = event({ type: 'response.failed', sequence_number: position, response }, 'response.failed');
  return reportsUsage ? { ...failed, reports: 'usage' } : failed;
}

function dataOf(sent: RenderedEvent | undefined): Json {
  return jsonObject(/data: (.*)/.exec(sent?.text ?? '')?.[1] ?? '') ?? {};
}

function failedJson(reply: Json, api: FakeApiName, error: ProviderError, reportsUsage: boolean): Json {
  if (api === 'openai-chat') {
    const message = { role: 'assistant', content: '', refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'error', error: quoted(error) }];
    return { ...reply, choices, usage: reportsUsage ? reply.usage : undefined };
  }
  const { code, type, message } = errorFields(error);
  const usage = reportsUsage ? reply.usage : null;
  const failed = { status: 'failed', error: { code: code ?? type, message }, completed_at: undefined };
  return { ...reply, ...failed, output: [], usage };
}

/** The error as a gateway quotes it: with the vendor's code, or without one with the status. */
function quoted(error: ProviderError): Json {
  const { code, type, message } = errorFields(error);
  return { code: code ?? error.status, type, message };
}

interface ErrorFields {
  /** The vendor's code; `null` where it has none. */
  readonly code: unknown;
  readonly type: unknown;
  readonly message: string;
  readonly param: unknown;
}

function errorFields({ body }: ProviderError): ErrorFields {
  const error = typeof body.error === 'string' ? { ...body, message: body.error } : objectOf(body.error ?? body);
  const { code = null, type = 'server_error', param = null } = error;
  const message = typeof error.message === 'string' ? error.message : JSON.stringify(error.message ?? body);
  return { code, type, message, param };
}

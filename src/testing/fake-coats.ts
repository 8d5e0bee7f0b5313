/** Replies that have failed: the coats of an error under status 200. */
import type { FakeApiName, FakeReply, RenderedEvent } from './fake-api.ts';
import type { ProviderError } from './fake-errors.ts';
import type { Json } from './fake-request.ts';
import { jsonObject, objectOf, textOr } from './fake-request.ts';
import type { FakeCoat } from './faults.ts';

export type InReply = Extract<FakeCoat, { readonly coat: 'event' | 'reply' }>;

/** The reply that fails with this error, in place of the one that the model would have sent. */
export function failedReply(
  reply: FakeReply,
  api: FakeApiName,
  error: ProviderError,
  { coat, afterEvents }: InReply,
): FakeReply {
  // Messages has no reply that says itself that it failed.
  const asReply = coat === 'reply' && api !== 'anthropic-messages';
  if ('json' in reply) return { json: asReply ? failedJson(reply.json, api, error) : error.body, incomplete: true };
  const isChat = api === 'openai-chat';
  const own = reply.events.filter(({ part }) => part !== 'done');
  const sent = own.slice(0, afterEvents ?? (asReply && !isChat ? 1 : 0));
  const failure = asReply ? failedEvent(own[0], api, error, sent.length) : errorEvent(api, error, sent.length);
  return { events: [...sent, failure, ...(isChat ? [DONE] : [])], incomplete: true };
}

const DONE: RenderedEvent = { text: 'data: [DONE]\n\n', chars: 0, part: 'done' };

function event(data: Json, name?: string): RenderedEvent {
  return { text: `${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`, chars: 0 };
}

/** An event about the error alone. `position`: number of events before it. */
function errorEvent(api: FakeApiName, error: ProviderError, position: number): RenderedEvent {
  if (api === 'openai-chat') return event(error.body);
  if (api === 'anthropic-messages') return event(error.body, 'error');
  const { code, message, param } = errorFields(error);
  return event({ type: 'error', sequence_number: position, code, message, param }, 'error');
}

/** The event by which a reply, which began with the event `first`, says that it failed. */
function failedEvent(
  first: RenderedEvent | undefined,
  api: FakeApiName,
  error: ProviderError,
  position: number,
): RenderedEvent {
  const begun = objectOf(jsonObject(/data: (.*)/.exec(first?.text ?? '')?.[1] ?? ''));
  if (api === 'openai-chat') {
    const choices = [{ index: 0, delta: { content: '' }, finish_reason: 'error' }];
    return event({ ...begun, error: statusError(error), choices });
  }
  const response = failedJson(objectOf(begun.response), api, error);
  return event({ type: 'response.failed', sequence_number: position, response }, 'response.failed');
}

function failedJson(reply: Json, api: FakeApiName, error: ProviderError): Json {
  if (api === 'openai-chat') {
    const message = { role: 'assistant', content: '', refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'error', error: statusError(error) }];
    return { ...reply, choices, usage: undefined };
  }
  const { code, message } = errorFields(error);
  return { ...reply, status: 'failed', error: { code, message }, output: [], usage: null, completed_at: undefined };
}

/** The error as a gateway quotes it: its code is the status. */
function statusError(error: ProviderError): Json {
  return { code: error.status, message: errorFields(error).message };
}

function errorFields({ body }: ProviderError): {
  readonly code: unknown;
  readonly message: string;
  readonly param: unknown;
} {
  const error =
    typeof body.error === 'string' ? { message: body.error, code: body.code } : objectOf(body.error ?? body);
  const message = typeof error.message === 'string' ? error.message : JSON.stringify(error.message ?? body);
  return { code: error.code ?? textOr(error.type, 'server_error'), message, param: error.param ?? null };
}

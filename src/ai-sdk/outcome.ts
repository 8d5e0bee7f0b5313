/**
 * A model of the AI SDK that is an intent or a feature. It uses the Responses API, which has fields for most of the AI SDK's content
 * (encrypted reasoning, files in tool results, schemas); the router translates them for candidates with other APIs.
 */
import type { FeatureHandle, IntentHandle } from '../clients/feature-handle.ts';
import { parseSlot } from '../clients/slot.ts';
import { checkNames } from '../errors.ts';
import { CallError } from './call-error.ts';
import { replyMetadata } from './metadata.ts';
import type { StatedReply } from './reply.ts';
import { replyContent, statedReply } from './reply.ts';
import { writtenRequest } from './request.ts';
import { streamOf } from './stream.ts';
import type { SdkCall, ModelV3, ModelV4, StreamPart } from './specification.ts';

/** The client for candidates without an endpoint of their own, with the option names of OpenAI's SDK. */
export interface OutcomeOptions {
  /** Key of OpenAI. Not needed where each candidate has an `apiKey` or `headers` in the configuration. */
  readonly apiKey?: string;
  /** Default: `https://api.openai.com/v1`. */
  readonly baseURL?: string;
  /** Sent with every request to OpenAI. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The handle from which a model of the AI SDK is created: of an intent, or of a feature. */
export type RoutedHandle = Pick<FeatureHandle | IntentHandle, 'model' | 'fetch' | 'receipt'>;

/**
 * A model for version 7 of the AI SDK. Each call of an intent's model belongs to the intent; each call of a feature's is an intent
 * of its own, whose id is in `providerMetadata.outcomeRouter` with the receipt.
 *
 * A call rejects with an `APICallError` for what a provider refused, which the AI SDK does not try again, since the router has;
 * and with RouterError for misuse.
 *
 * @throws RouterError `invalid-value` for an option of another name
 * @example
 * ```ts
 * import { generateText } from 'ai';
 * import { outcome } from 'outcome-router/ai-sdk';
 *
 * const intent = router.feature('support.reply').intent();
 * const { text } = await generateText({ model: outcome(intent, { apiKey: 'key' }), prompt: 'Where is my order?' });
 * await intent.succeed();
 * ```
 */
export function outcome(handle: RoutedHandle, options: OutcomeOptions = {}): ModelV4 {
  return { specificationVersion: 'v4', ...calls(handle, options) } as ModelV4;
}

/**
 * {@link outcome} for version 6 of the AI SDK.
 *
 * @throws RouterError `invalid-value` for an option of another name
 * @example
 * ```ts
 * import { generateText } from 'ai';
 * import { outcomeV3 } from 'outcome-router/ai-sdk';
 *
 * const model = outcomeV3(router.feature('support.reply').intent(), { apiKey: 'key' });
 * const { text } = await generateText({ model, prompt: 'Where is my order?' });
 * ```
 */
export function outcomeV3(handle: RoutedHandle, options: OutcomeOptions = {}): ModelV3 {
  return { specificationVersion: 'v3', ...calls(handle, options) };
}

/** Every API reads images at a URL. The AI SDK downloads any other file. */
const SUPPORTED_URLS = { 'image/*': [/^https?:\/\//] };

/** The code that both versions of the specification share. */
function calls({ model, fetch, receipt }: RoutedHandle, options: OutcomeOptions) {
  checkNames(options, ['apiKey', 'baseURL', 'headers'], 'options');
  const metadata = ({ response: { id }, refusal }: StatedReply) =>
    replyMetadata(id === undefined ? undefined : receipt({ id }), refusal);

  async function send(call: SdkCall, isStream: boolean) {
    const { body, warnings } = writtenRequest(model, call, isStream);
    return { response: await post({ fetch, options, call, body }), warnings, request: { body } };
  }

  return {
    provider: 'outcome-router',
    modelId: parseSlot(model).feature,
    supportedUrls: SUPPORTED_URLS,
    async doGenerate(call: SdkCall) {
      const { response, warnings, request } = await send(call, false);
      const body: unknown = await response.json();
      const stated = statedReply(body);
      return {
        content: replyContent(body),
        finishReason: stated.finishReason,
        usage: stated.usage,
        providerMetadata: metadata(stated),
        request,
        response: { ...stated.response, headers: Object.fromEntries(response.headers), body },
        warnings,
      };
    },
    async doStream(call: SdkCall) {
      const { response, warnings, request } = await send(call, true);
      const stream: ReadableStream<StreamPart> = streamOf(response.body ?? new Blob([]).stream(), {
        warnings,
        includeRaw: call.includeRawChunks === true,
        signal: call.abortSignal,
        metadata,
      });
      return { stream, request, response: { headers: Object.fromEntries(response.headers) } };
    },
  };
}

interface Posted extends Pick<RoutedHandle, 'fetch'> {
  readonly options: OutcomeOptions;
  readonly call: SdkCall;
  readonly body: object;
}

/** Rejects with {@link CallError} for an answer that is not a reply. */
async function post({ fetch, options, call, body }: Posted): Promise<Response> {
  const { apiKey, baseURL = 'https://api.openai.com/v1' } = options;
  const url = `${baseURL.replace(/\/+$/, '')}/responses`;
  const headers = new Headers({ 'content-type': 'application/json' });
  if (apiKey !== undefined) headers.set('authorization', `Bearer ${apiKey}`);
  for (const [name, value] of Object.entries({ ...options.headers, ...call.headers }))
    if (value !== undefined) headers.set(name, value);
  const signal = call.abortSignal ?? null;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  if (response.ok) return response;
  throw new CallError({
    url,
    requestBodyValues: body,
    statusCode: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody: await response.text(),
  });
}

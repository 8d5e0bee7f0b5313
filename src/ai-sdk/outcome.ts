/**
 * A model of the AI SDK that is an intent or a feature. It speaks the Responses API, which has words for most of what the AI SDK
 * says (sealed reasoning, files in tool results, schemas); the router translates them for candidates of other APIs.
 */
import type { FeatureHandle, IntentHandle } from '../clients/feature-handle.ts';
import { parseSlot } from '../clients/slot.ts';
import { checkNames } from '../errors.ts';
import { stringField } from '../wires/json-fields.ts';
import { CallError } from './call-error.ts';
import { replyMetadata } from './metadata.ts';
import { replyContent, replyFacts } from './reply.ts';
import { writtenRequest } from './request.ts';
import { streamOf } from './stream.ts';
import type { SdkCall, ModelV3, ModelV4, StreamPart } from './specification.ts';

/** The client for candidates that have no endpoint of their own, as OpenAI's SDK has it. */
export interface OutcomeOptions {
  /** Key of OpenAI. Not needed where each candidate has an `apiKey` or `headers` in the configuration. */
  readonly apiKey?: string;
  /** Default: `https://api.openai.com/v1`. */
  readonly baseURL?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Handle = Pick<FeatureHandle | IntentHandle, 'model' | 'fetch' | 'receipt'>;

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
export function outcome(handle: Handle, options: OutcomeOptions = {}): ModelV4 {
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
export function outcomeV3(handle: Handle, options: OutcomeOptions = {}): ModelV3 {
  return { specificationVersion: 'v3', ...calls(handle, options) };
}

/** Images at a URL are read by every API. The AI SDK loads any other file. */
const SUPPORTED_URLS = { 'image/*': [/^https?:\/\//] };

/** What both majors of the specification share. */
function calls({ model, fetch, receipt }: Handle, options: OutcomeOptions) {
  checkNames(options, ['apiKey', 'baseURL', 'headers'], 'options');
  const { apiKey, baseURL = 'https://api.openai.com/v1', headers } = options;
  const url = `${baseURL.replace(/\/+$/, '')}/responses`;
  const metadata = (id: string | undefined) => replyMetadata(id === undefined ? undefined : receipt({ id }));

  async function send(call: SdkCall, isStream: boolean) {
    const { body, warnings } = writtenRequest(model, call, isStream);
    const given = { ...headers, ...call.headers };
    const sent = new Headers({ 'content-type': 'application/json' });
    if (apiKey !== undefined) sent.set('authorization', `Bearer ${apiKey}`);
    for (const [name, value] of Object.entries(given)) if (value !== undefined) sent.set(name, value);
    const response = await fetch(url, {
      method: 'POST',
      headers: sent,
      body: JSON.stringify(body),
      ...(call.abortSignal && { signal: call.abortSignal }),
    });
    const responseHeaders = Object.fromEntries(response.headers);
    if (!response.ok)
      throw new CallError({
        url,
        requestBodyValues: body,
        statusCode: response.status,
        responseHeaders,
        responseBody: await response.text(),
      });
    return { response, responseHeaders, warnings, request: { body } };
  }

  return {
    provider: 'outcome-router',
    modelId: parseSlot(model).feature,
    supportedUrls: SUPPORTED_URLS,
    async doGenerate(call: SdkCall) {
      const { response, responseHeaders, warnings, request } = await send(call, false);
      const body: unknown = await response.json();
      const { response: identity, ...facts } = replyFacts(body);
      return {
        content: replyContent(body),
        ...facts,
        providerMetadata: metadata(stringField(body, 'id')),
        request,
        response: { ...identity, headers: responseHeaders, body },
        warnings,
      };
    },
    async doStream(call: SdkCall) {
      const { response, responseHeaders, warnings, request } = await send(call, true);
      const stream: ReadableStream<StreamPart> = streamOf(response.body ?? new Blob([]).stream(), {
        warnings,
        includeRaw: call.includeRawChunks === true,
        signal: call.abortSignal,
        metadata,
      });
      return { stream, request, response: { headers: responseHeaders } };
    },
  };
}

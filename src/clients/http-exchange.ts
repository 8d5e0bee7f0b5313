/** One HTTP exchange with one model: sends the request and classifies the reply or the error. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import { MIN_CHARS_WITH_FILE } from '../core/ledger/usage.ts';
import type { ResolvedModel } from '../config/resolved.ts';
import type { Exchange } from '../engine/attempts/exchange.ts';
import type { Finding } from '../translate/neutral/translator.ts';
import { decoded } from './body-source.ts';
import { plainReply } from './complete-reply.ts';
import { regionOf } from './endpoint.ts';
import type { HttpRequest, SentRequest } from './http-request.ts';
import { addressed, brokenStatus, exchangeFacts, faultStatus } from './http-request.ts';
import { streamedReply } from './http-stream.ts';
import { removedBy } from './model-settings.ts';
import { mayHoldForeignReasoning } from './route-call.ts';
import { estimatedAnswer, writtenChars } from './reply-answer.ts';

/**
 * Loaded with the first failure; `undefined` if loading fails, for example after an upgrade that has replaced the files of this process:
 * the provider's own error must reach the caller all the same.
 */
const failures = async () => import('./failed-exchange.ts').catch(() => undefined);

/** Loaded with the first model that has a key of its own. */
const endpointSecrets = async () => import('./endpoint-secrets.ts').catch(() => undefined);

/** Loaded with the first body that may have a file; without it, files count as text. */
let media: typeof import('../wires/media-chars.ts') | undefined;

/** A request that is still being prepared, whose fields can be set. */
type RequestDraft = { -readonly [Key in keyof SentRequest]: SentRequest[Key] };

function noteDropped({ dropped }: HttpRequest, { name }: ResolvedModel, removed: readonly Finding[]): void {
  const known = dropped[name] ?? [];
  const others = removed.filter(({ path }) => !known.some(each => each.path === path));
  if (others.length > 0) dropped[name] = [...known, ...others];
}

export function httpExchange(asked: HttpRequest): Exchange<Response> {
  return async (model, signal) => {
    let request = asked;
    if (mayHoldForeignReasoning(asked.body, asked.wire.name)) {
      const native = (await import('./foreign-reasoning.ts')).nativeRequest(asked);
      request = native.request;
      noteDropped(request, model, native.lost);
    }
    const transform = request.transforms.of(model, request.facts);
    const { wire, facts } = request;
    if (transform?.set !== undefined) noteDropped(request, model, removedBy(model, { set: transform.set, facts }));
    const prepared = wire.prepare(request.body, facts, model.providerModel, transform);
    const init: RequestInit = { ...request.init, body: prepared.body };
    if (signal !== undefined) init.signal = signal;
    const { length: requestChars } = prepared.body;
    if (requestChars >= MIN_CHARS_WITH_FILE) media ??= await import('../wires/media-chars.ts').catch(() => undefined);
    const sent: RequestDraft = { request, signal, requestChars, model, transform, region: undefined };
    if (requestChars >= MIN_CHARS_WITH_FILE)
      sent.promptChars = () => {
        const by = { api: wire.name, model: model.providerModel };
        return requestChars + (media?.promptChars(request.body, by) ?? request.body.length) - request.body.length;
      };
    let url: string;
    let own: Awaited<ReturnType<typeof endpointSecrets>> | undefined;
    try {
      const at = addressed(model, request, init);
      url = typeof at === 'string' ? at : await at;
      if (model.headers !== undefined) own = await endpointSecrets();
    } catch (error) {
      const status = faultStatus(sent, error);
      if (status !== 'connection') return { status, error };
      // The application's own `headers()` or `apiKey()` failed. Without a key, no request to this account can succeed.
      return { status: 'refused', error, refusal: { about: 'account', code: 'no-key' } };
    }
    sent.region = regionOf(url);
    let response: Response;
    try {
      response = await request.fetch(url, init);
      if (response.status === 401 && own !== undefined) {
        const loaded = await import('./renewed-key.ts').catch(() => undefined);
        response = (await loaded?.answeredWithNewKey({ model, request, init, response })) ?? response;
      }
    } catch (error) {
      return (await failures())?.unanswered(sent, error) ?? { status: faultStatus(sent, error), error };
    }
    const secrets = own?.secretsIn(init.headers, request.init.headers) ?? [];
    if (own !== undefined) response = own.withoutSecretsIn(response, secrets, request.facts.stream);
    if (!response.ok) {
      const loaded = await failures();
      if (loaded !== undefined) return loaded.errorReply(sent, response);
      const status = isRetryableHttpStatus(response.status) ? 'provider-fault' : 'rejected-request';
      return { ...exchangeFacts(response), status, reply: response };
    }
    // The request and the body decide how a reply is read, because vendors and proxies spell content types in many ways.
    if (request.facts.stream) {
      const { hidesUsageChunk } = prepared;
      return streamedReply(sent, response, request.wire.reader({ hidesUsageChunk, wantsText: request.wantsText }));
    }
    const chunks: Uint8Array[] = [];
    try {
      const reader = response.body?.getReader();
      if (reader !== undefined)
        for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) chunks.push(chunk.value);
    } catch (error) {
      const answer = estimatedAnswer(sent, { replyChars: writtenChars(decoded(chunks)) });
      return { ...exchangeFacts(response), status: brokenStatus(sent, error), error, answer };
    }
    const text = decoded(chunks);
    return plainReply(sent, response, own?.shownText(text, secrets) ?? text);
  };
}

/** Counting tokens by a model of another API than the client speaks. Loaded with the first such call. */
import type { ResolvedModel } from '../config/resolved.ts';
import { CHARS_PER_TOKEN } from '../core/ledger/usage.ts';
import { RouterError } from '../errors.ts';
import type { Translation } from '../engine/state/capable-models.ts';
import { translatedError } from '../translate/errors.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import { hiderOf } from '../wires/hidden-texts.ts';
import { promptChars } from '../wires/media-chars.ts';
import type { Finding, TargetModel } from '../translate/neutral/translator.ts';
import { countBody, counts, readCount, writtenCount } from '../translate/token-count.ts';
import { translatorOf, unableFor } from '../translate/translate.ts';
import { addressed } from './http-request.ts';
import { reachOf } from '../engine/state/reach.ts';
import type { CountCall } from './count-call.ts';
import { COUNTING_PATHS } from './count-call.ts';
import { secretsIn } from './endpoint-secrets.ts';
import { targetModel } from './target-model.ts';
import { endpointHeaders } from './translated-request.ts';
import { readRequest, unreadRequest } from './unread-request.ts';

export interface CountTranslation extends Translation {
  /**
   * The endpoint's count in the format of the client's API; an estimate where the endpoint lacks the counter of its
   * API, `undefined` where the API has none.
   */
  count(model: ResolvedModel): Promise<Response | undefined>;
  /** The answer where no candidate has a counter. */
  estimate(): Response;
}

/** No limit of output tokens is sent, so none need be known. */
function countedModel(model: ResolvedModel): TargetModel {
  return { ...targetModel(model), maxOutputTokens: 1 };
}

/** The header that marks a count as estimated: no vendor counted. */
const ESTIMATED = 'x-outcome-router-estimated';
/** Statuses of an endpoint without a counter, whatever its API defines. */
const NO_COUNTER: ReadonlySet<number> = new Set([404, 405, 501]);

export function countTranslation(call: CountCall): CountTranslation {
  const { wire, body, url, init } = call;
  const client = wire.name as Api;
  const asked = readRequest(client, body);

  function hindrancesAt(api: Api, model: ResolvedModel): readonly Finding[] {
    if (RouterError.isInstance(asked)) return unreadRequest(asked);
    // Counting stores nothing.
    return unableFor(asked, { api, model: countedModel(model) }).filter(({ path }) => path !== 'store');
  }

  /** The API that would count: one with a counter, where the model has one. */
  function apiOf(model: ResolvedModel): Api | undefined {
    const able = model.apis.filter(api => hindrancesAt(api, model).length === 0);
    return able.find(counts) ?? able[0];
  }

  function answer(tokens: number, more: Readonly<Record<string, string>> = {}): Response {
    return new Response(writtenCount(tokens, client), { headers: { 'content-type': 'application/json', ...more } });
  }

  function estimate(): Response {
    const chars = promptChars(body, { api: client, model: '' });
    return answer(Math.ceil(chars / CHARS_PER_TOKEN), { [ESTIMATED]: '1' });
  }

  return {
    hindrances(model) {
      const reach = reachOf(model, { provider: wire.provider, api: client });
      if (reach.kind === 'none') return [{ path: reach.path, mark: 'unable', reason: reach.reason }];
      const [first] = model.apis;
      return apiOf(model) !== undefined || first === undefined ? [] : hindrancesAt(first, model);
    },
    estimate,
    async count(model) {
      const api = apiOf(model);
      const path = api === undefined ? undefined : COUNTING_PATHS[api];
      if (api === undefined || path === undefined || RouterError.isInstance(asked)) return undefined;
      const provider = api === 'anthropic-messages' ? 'anthropic' : 'openai';
      const written = translatorOf(api).writeRequest(asked, countedModel(model));
      const headers =
        model.baseURL === undefined ? init.headers : endpointHeaders({ provider }, new Headers(init.headers));
      const sent: RequestInit = { ...init, ...(headers !== undefined && { headers }), body: countBody(written, api) };
      const base =
        url.slice(0, url.lastIndexOf(wire.path)).replace(/\/v1$/, '') + (path.startsWith('/v1/') ? '' : '/v1');
      const response = await call.inner(
        await addressed(model, { url: base + path, wire: { ...wire, path } }, sent),
        sent,
      );
      if (NO_COUNTER.has(response.status)) {
        void response.body?.cancel();
        return estimate();
      }
      const { status } = response;
      const text = await response.text();
      const tokens = response.ok ? readCount(text) : undefined;
      if (response.ok) return tokens === undefined ? estimate() : answer(tokens);
      const shown = hiderOf(secretsIn(sent.headers, headers))(text);
      const error = translatedError(shown, { status, from: api, to: client });
      return new Response(error, { status, headers: { 'content-type': 'application/json' } });
    },
  };
}

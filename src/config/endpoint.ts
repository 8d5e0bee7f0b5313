/** Where a model is called: its address, its own headers, and the APIs that are spoken there. */
import type { Api } from '../translate/neutral/conversation.ts';
import { RouterError } from '../errors.ts';
import type { HeaderTexts, ModelConfig } from './application.ts';
import { KEY, checkedHeaders, checkedKey } from './endpoint-options.ts';
import { pathText } from './path-text.ts';

export interface Endpoint {
  /** Absent: the client's own address, with its own credentials. */
  readonly baseURL?: string;
  /** Called for every request. */
  readonly headers?: () => HeaderTexts | Promise<HeaderTexts>;
  /** The APIs that the model speaks, the one that translation prefers first; none for an API of the application's own. */
  readonly apis: readonly Api[];
}

/** The vendors' own addresses, as their clients have them. */
const VENDOR_URLS = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  other: undefined,
} as const;

/** @param name the model's name, for errors */
export function endpointOf(name: string, model: ModelConfig): Endpoint {
  const { provider, apiKey, headers } = model;
  const baseURL = model.baseURL ?? (apiKey === undefined && headers === undefined ? undefined : VENDOR_URLS[provider]);
  const own = headersOf(name, model);
  return {
    apis: apisOf(model, baseURL),
    ...(baseURL === undefined ? {} : { baseURL: baseURL.replace(/\/+$/, '') }),
    ...(own === undefined ? {} : { headers: own }),
  };
}

function apisOf({ provider, api }: ModelConfig, baseURL: string | undefined): readonly Api[] {
  if (api !== undefined) return [api];
  if (provider === 'anthropic') return ['anthropic-messages'];
  if (provider === 'other') return [];
  // Some of OpenAI's models reason with tools in the newer API only; most other servers know the older one alone.
  const isVendor = baseURL === undefined || baseURL === VENDOR_URLS.openai;
  return isVendor ? ['openai-responses', 'openai-chat'] : ['openai-chat', 'openai-responses'];
}

function headersOf(name: string, model: ModelConfig): Endpoint['headers'] {
  const { provider, api = provider, apiKey, headers } = model;
  if (apiKey === undefined && headers === undefined) return undefined;
  const withKey = (key: string | undefined, others: HeaderTexts = {}): HeaderTexts => {
    if (key === undefined) return others;
    return api.startsWith('anthropic')
      ? { 'x-api-key': key, ...others }
      : { authorization: `Bearer ${key}`, ...others };
  };
  if (typeof apiKey !== 'function' && typeof headers !== 'function') {
    const fixed = Object.freeze(withKey(apiKey, headers));
    return () => fixed;
  }
  const path = (option: string): string => `${pathText(['models', name, option])}()`;
  // What the application's functions return is checked at every request.
  const checked = (key: string | undefined, others: HeaderTexts | undefined): HeaderTexts =>
    withKey(
      typeof apiKey === 'function' ? checkedKey(key, path('apiKey')) : key,
      typeof headers === 'function' ? checkedHeaders(others, path('headers')) : others,
    );
  const failed = (error: unknown): never => {
    if (RouterError.isInstance(error)) throw error;
    const at = path(typeof apiKey === 'function' ? 'apiKey' : 'headers');
    throw new RouterError('invalid-value', 'the function failed', { path: at, accepted: KEY, cause: error });
  };
  return () => {
    try {
      const key = typeof apiKey === 'function' ? apiKey() : apiKey;
      const others = typeof headers === 'function' ? headers() : headers;
      if (!(key instanceof Promise) && !(others instanceof Promise)) return checked(key, others);
      return Promise.all([key, others])
        .then(([own, more]) => checked(own, more))
        .catch(failed);
    } catch (error) {
      return failed(error);
    }
  };
}

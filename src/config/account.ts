/** Finds the models that are called with the same key: if the key is refused, all of them are. */
import type { ModelConfig } from './application.ts';

/** A name for the account that a model is called with: models of one base URL and the same headers share it. */
export function accountOf(model: ModelConfig, models: Readonly<Record<string, ModelConfig>>): string {
  const first = Object.entries(models).find(([, other]) => sharesAccount(model, other));
  return `account of ${first?.[0]}`;
}

function sharesAccount({ provider, baseURL, apiKey, headers }: ModelConfig, other: ModelConfig): boolean {
  if (baseURL !== other.baseURL) return false;
  // Without an endpoint of its own, a model is called with the client's key.
  if (baseURL === undefined && provider !== other.provider) return false;
  if (apiKey !== other.apiKey) return false;
  if (typeof headers === 'function' || typeof other.headers === 'function') return headers === other.headers;
  return JSON.stringify(headers) === JSON.stringify(other.headers);
}

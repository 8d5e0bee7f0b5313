/** The longest request that a model accepts, according to the price book. */
import { lookUp, providerAt } from './book.ts';

/** Tokens of request and reply together; `undefined` unless the book has exactly this model at this endpoint. */
export function contextTokensOf({
  provider,
  model,
  baseURL,
}: {
  readonly provider: string;
  readonly model: string;
  readonly baseURL?: string;
}): number | undefined {
  const servedBy = baseURL === undefined ? provider : providerAt(baseURL);
  const lookup = servedBy === undefined ? undefined : lookUp(servedBy, model);
  return lookup?.kind === 'found' ? lookup.contextTokens : undefined;
}

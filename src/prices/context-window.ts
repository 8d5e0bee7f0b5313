/** The longest request that a model takes, as the price book says. */
import { lookUp, providerAt } from './book.ts';

/** Tokens of request and reply together; `undefined` where the book does not have exactly this model at this endpoint. */
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

/** Which model serves a request, for the tables of what models take and of how they cache. */
import { providerAt } from './book.ts';

export interface ServedModel {
  readonly provider: string;
  /** The name that a request has, with or without a vendor before a slash. */
  readonly model: string;
  /** A custom address, which may belong to another provider. */
  readonly baseURL?: string | undefined;
}

/** @returns `undefined` for an address of no known provider */
export function servedBy({ provider, baseURL }: ServedModel): string | undefined {
  return baseURL === undefined ? provider : providerAt(baseURL);
}

/** The vendor's own name of a model, which a gateway writes after the vendor's and a slash: `openai/gpt-5`. */
export function vendorsName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase();
}

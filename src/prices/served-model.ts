/** Identifies the model that serves a request, for the tables of models' abilities and cache terms. */
import { providerAt } from './book.ts';

export interface ServedModel {
  readonly provider: string;
  /** The model's name in a request, with or without a vendor before a slash. */
  readonly model: string;
  /** A custom address, which may belong to another provider. */
  readonly baseURL?: string | undefined;
}

/** @returns `undefined` for an address that belongs to no known provider */
export function servedBy({ provider, baseURL }: ServedModel): string | undefined {
  return baseURL === undefined ? provider : providerAt(baseURL);
}

/** The vendor's own name of a model. A gateway writes it after the vendor's name and a slash: `openai/gpt-5`. */
export function vendorsName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase();
}

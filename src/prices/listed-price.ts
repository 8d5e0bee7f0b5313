/** The list price of exactly one model: our overlay's, else the price book's. */
import { BOOK, lookUp, providerAt } from './book.ts';
import { erasOfOverlay, overlayModel, withTiers } from './overlay.ts';
import type { Era } from './schedule.ts';

export interface ListedPrice {
  /** `provider/model`, as the list names it: one for all names of a model. */
  readonly id: string;
  readonly source: string;
  readonly eras: readonly Era[];
}

/** The provider whose list prices an endpoint bills: the one that serves the address. */
export function listOf({
  provider,
  baseURL,
}: {
  readonly provider: string;
  readonly baseURL?: string | undefined;
}): string | undefined {
  return baseURL === undefined ? provider : providerAt(baseURL);
}

/** `undefined` when no list has exactly this model, or only at a price that a reply does not suffice to calculate. */
export function listedPrice(provider: string, model: string): ListedPrice | undefined {
  const overlay = overlayModel(provider, model);
  if (overlay !== undefined) {
    return {
      id: `${provider}/${overlay.model}`,
      source: `${overlay.source} as of ${overlay.asOf}, ${provider}/${overlay.model}`,
      eras: erasOfOverlay(overlay).map(era => withTiers(era, provider, overlay.model)),
    };
  }
  const lookup = lookUp(provider, model);
  if (lookup.kind !== 'found') return undefined;
  const id = `${lookup.provider}/${lookup.id}`;
  const eras = lookup.eras.map(era => withTiers(era, lookup.provider, lookup.id));
  return { id, source: `${BOOK} ${id}`, eras };
}

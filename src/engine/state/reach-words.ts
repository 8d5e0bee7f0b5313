/** Which clients do not reach which candidates, in words. Loaded for an explanation, or where there is something to warn of. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Fault } from '../../contracts/observer.ts';
import { RouterError } from '../../errors.ts';
import { speaks } from './capable-models.ts';
import { CLIENTS, reachOf } from './reach.ts';

/** One sentence for every API that is the own API of a candidate and whose clients do not reach all candidates. */
export function reachNotes({ candidates }: Pick<ResolvedFeature, 'candidates'>): readonly string[] {
  return CLIENTS.filter(client => candidates.some(model => speaks(model, client))).flatMap(client => {
    const missed = candidates.flatMap(model => {
      const reach = reachOf(model, client);
      return reach.kind === 'none' ? [`${model.name} (${reach.path}: ${reach.reason})`] : [];
    });
    return missed.length === 0 ? [] : [`A client of the ${client.api} API does not reach ${missed.join(', ')}.`];
  });
}

/** The error for a feature whose candidates no client reaches all. */
export function outOfReach({ name, candidates }: Pick<ResolvedFeature, 'name' | 'candidates'>): RouterError {
  return new RouterError(
    'wrong-provider',
    `no client reaches all candidates of "${name}": whichever calls, some are never chosen. ${reachNotes({ candidates }).join(' ')}`,
    {
      path: `features[${JSON.stringify(name)}].candidates`,
      accepted: 'an `apiKey` of their own for models of another vendor',
    },
  );
}

/** Tells the process and the observers of every such feature. */
export function tellOutOfReach(
  features: readonly ResolvedFeature[],
  { warn, faulted }: { readonly warn: (error: unknown) => void; readonly faulted: (fault: Fault) => void },
): void {
  for (const feature of features) {
    const error = outOfReach(feature);
    warn(error);
    faulted({ where: 'wire', feature: feature.name, error });
  }
}

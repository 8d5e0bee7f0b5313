/** Describes in words which clients cannot reach which candidates. Loaded for an explanation or a warning. */
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Fault } from '../../contracts/observer.ts';
import { RouterError } from '../../errors.ts';
import { speaks } from './capable-models.ts';
import { CLIENTS, reachOf } from './reach.ts';

type NotedFeature = Pick<ResolvedFeature, 'candidates' | 'isStateless'>;

/**
 * One sentence for every API of a candidate's vendor whose clients do not reach all candidates, and one for candidates that
 * clients reach only where a request says that its reply is not stored.
 */
export function reachNotes({ candidates, isStateless }: NotedFeature): readonly string[] {
  const noted = CLIENTS.filter(({ provider }) => candidates.some(model => speaks(model, { provider })));
  const missing = noted.flatMap(client => {
    const missed = candidates.flatMap(model => {
      const reach = reachOf(model, client);
      return reach.kind === 'none' ? [`${model.name} (${reach.path}: ${reach.reason})`] : [];
    });
    return missed.length === 0 ? [] : [`A client of the ${client.api} API does not reach ${missed.join(', ')}.`];
  });
  const unstored = isStateless ? [] : candidates.filter(model => reachOf(model, STORING).kind === 'translated');
  if (unstored.length === 0) return missing;
  const names = unstored.map(({ name }) => name).join(', ');
  return [
    ...missing,
    `A client of the ${STORING.api} API reaches ${names} only with \`store: false\`, or with \`stateless: true\` of the feature.`,
  ];
}

/** The vendor keeps the replies of this API unless a request says otherwise, and no other API would know them. */
const STORING = { provider: 'openai', api: 'openai-responses' } as const;

/** The error for a feature whose candidates cannot all be reached by any one client. */
export function outOfReach({ name, candidates }: Pick<ResolvedFeature, 'name' | 'candidates'>): RouterError {
  const notes = reachNotes({ candidates, isStateless: true });
  return new RouterError(
    'wrong-provider',
    `no client reaches all candidates of "${name}": whichever calls, some are never chosen. ${notes.join(' ')}`,
    {
      path: `features[${JSON.stringify(name)}].candidates`,
      accepted: 'an `apiKey` of their own for models of another vendor',
    },
  );
}

/** Warns the process and notifies the observers of every such feature. */
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

/** Finds out how clients reach a model: by its own API, by translation, or not at all, whatever they ask. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { Wire } from '../../contracts/wire.ts';
import type { Api } from '../../translate/neutral/conversation.ts';
import type { RequestRequirements } from './capable-models.ts';
import { speaks } from './capable-models.ts';

type ClientApi = Pick<RequestRequirements, 'provider' | 'api'>;

export const CLIENTS = [
  { provider: 'openai', api: 'openai-chat' },
  { provider: 'openai', api: 'openai-responses' },
  { provider: 'anthropic', api: 'anthropic-messages' },
] as const satisfies readonly (ClientApi & { readonly api: Api })[];

/** The API that a client of this wire speaks. */
export function clientApi({ name, provider }: Pick<Wire, 'name' | 'provider'>): ClientApi {
  return CLIENTS.find(({ api }) => api === name) ?? { provider };
}

export type ModelReach =
  | { readonly kind: 'native' | 'translated' }
  /** `path`: the option that would change this. */
  | { readonly kind: 'none'; readonly path: string; readonly reason: string };

type ReachedModel = Pick<ResolvedModel, 'name' | 'provider' | 'apis' | 'baseURL'>;

export function reachOf(model: ReachedModel, client: ClientApi): ModelReach {
  if (speaks(model, client)) return { kind: 'native' };
  if (model.apis.length === 0)
    return { kind: 'none', path: `models.${model.name}.provider`, reason: 'its API cannot be translated' };
  if (client.api === undefined)
    return { kind: 'none', path: 'wires', reason: 'the client speaks an API that cannot be translated' };
  if (model.provider !== client.provider && model.baseURL === undefined)
    return {
      kind: 'none',
      path: `models.${model.name}.apiKey`,
      reason: "it has no key of its own, and the client's is for another vendor",
    };
  return { kind: 'translated' };
}

/** The parts of a running router that say which models a call may go to. */
interface CalledModels {
  readonly config: { readonly models: ReadonlyMap<string, ResolvedModel> };
  feature(name: string): { readonly config: Pick<ResolvedFeature, 'candidates'> };
}

/** Whether a call may go to a model of another API. */
export function isTranslatable(
  { feature, config }: CalledModels,
  wire: Wire,
  slot: { readonly feature: string; readonly judge?: { readonly model: string } },
): boolean {
  const client = clientApi(wire);
  const judge = config.models.get(slot.judge?.model ?? '');
  const models = judge === undefined ? feature(slot.feature).config.candidates : [judge];
  return models.some(model => reachOf(model, client).kind === 'translated');
}

/** The APIs whose clients can reach each of these models, directly or by translation. */
export function clientsOf(models: readonly ReachedModel[]): readonly Api[] {
  return CLIENTS.filter(client => models.every(model => reachOf(model, client).kind !== 'none')).map(({ api }) => api);
}

/**
 * Whether some candidates are never chosen, whichever client calls: no client reaches all candidates, and the application calls none
 * of them itself.
 */
export function isOutOfReach({ candidates }: Pick<ResolvedFeature, 'candidates'>): boolean {
  return candidates.every(({ apis }) => apis.length > 0) && clientsOf(candidates).length === 0;
}

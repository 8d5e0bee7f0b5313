/** Which clients can reach a model: by its own API, by translation, or not at all, whatever they ask. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { Wire } from '../contracts/wire.ts';
import type { Engine } from '../engine/engine.ts';
import type { RequestRequirements } from '../engine/state/capable-models.ts';
import { speaks } from '../engine/state/capable-models.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import type { Slot } from './slot.ts';

const APIS: readonly string[] = ['openai-chat', 'openai-responses', 'anthropic-messages'] satisfies Api[];

/** The API that a client of this wire speaks. */
export function clientApi({
  name,
  provider,
}: Pick<Wire, 'name' | 'provider'>): Pick<RequestRequirements, 'provider' | 'api'> {
  return APIS.includes(name) ? { provider, api: name as Api } : { provider };
}

/** Whether a call of a feature may go to a model of another API. */
export function isTranslatable(
  { feature, config }: Pick<Engine, 'feature' | 'config'>,
  wire: Wire,
  slot: Slot,
): boolean {
  const client = clientApi(wire);
  const judge = config.models.get(slot.judge?.model ?? '');
  const models = judge === undefined ? feature(slot.feature).config.candidates : [judge];
  return models.some(model => reachOf(model, client).kind === 'translated');
}

export type ModelReach =
  | { readonly kind: 'native' | 'translated' }
  /** `path`: the option that would change it. */
  | { readonly kind: 'none'; readonly path: string; readonly reason: string };

/** @param client the API that the client speaks */
export function reachOf(
  model: Pick<ResolvedModel, 'name' | 'provider' | 'apis' | 'baseURL'>,
  client: Pick<RequestRequirements, 'provider' | 'api'>,
): ModelReach {
  if (speaks(model, client)) return { kind: 'native' };
  if (model.apis.length === 0)
    return { kind: 'none', path: `models.${model.name}.provider`, reason: 'its API is none that can be translated' };
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

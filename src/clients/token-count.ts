/**
 * Token-counting calls. They name a model too, but are not requests of an intent: nothing is decided, retried, charged or
 * recorded. The intent's model answers them, else the feature's first candidate; where that is not available, another one.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { FeatureState } from '../engine/state/feature-state.ts';
import { noEligibleModelError } from '../engine/state/capable-models.ts';
import type { Intent } from '../core/ledger/records.ts';
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import { endsWithPath } from '../wires/url-path.ts';
import type { Wire } from '../contracts/wire.ts';

/** The token-counting path of each API that has one. */
const PATHS: Readonly<Record<string, string>> = {
  'openai-responses': '/responses/input_tokens',
  'anthropic-messages': '/messages/count_tokens',
};

/** The API's wire with the path of its counting endpoint; `undefined` for any other URL. */
export function countingWire(wires: readonly Wire[], url: string): Wire | undefined {
  for (const wire of wires) {
    const path = PATHS[wire.name];
    if (path !== undefined && endsWithPath(url, path)) return { ...wire, path };
  }
  return undefined;
}

/**
 * The models that may count the tokens: the intent's model, then the other candidates as their requests would go there.
 *
 * @throws RouterError `wrong-provider` or `no-eligible-candidate`
 */
export function countingModels(
  feature: FeatureState,
  wire: Wire,
  { intent, isOpen }: { readonly intent: Intent | undefined; readonly isOpen: (model: ResolvedModel) => boolean },
): readonly ResolvedModel[] {
  const requirements = { provider: wire.provider, capabilities: () => new Set<never>() };
  const last = intent?.attempts.findLast(({ kind }) => kind !== 'judge')?.model ?? intent?.decided.decision.plan[0];
  const models = feature.capableModels(requirements).flatMap(name => feature.models.get(name) ?? []);
  if (models.length === 0) throw noEligibleModelError(feature.config, requirements);
  const rank = (model: ResolvedModel): number => (isOpen(model) ? 2 : model.name === last ? 0 : 1);
  return models.toSorted((a, b) => rank(a) - rank(b));
}

/** The account, the model or the address is refused: another candidate may count. */
const REFUSED: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 410]);

/** The count of the first model that is available; where none is, the first failure. */
export async function firstCount(
  models: readonly ResolvedModel[],
  count: (model: ResolvedModel) => Promise<Response>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  let failure: Response | undefined;
  let error: unknown;
  for (const model of models) {
    const isFirst = model === models[0];
    try {
      const response = await count(model);
      if (response.ok || (isFirst && !isUnavailable(response.status))) {
        void failure?.body?.cancel();
        return response;
      }
      if (isFirst) failure = response;
      else void response.body?.cancel();
    } catch (thrown) {
      if (isFirst) error = thrown;
      if (signal?.aborted === true) break;
    }
  }
  if (failure === undefined) throw error;
  return failure;
}

function isUnavailable(httpStatus: number): boolean {
  return isRetryableHttpStatus(httpStatus) || REFUSED.has(httpStatus);
}

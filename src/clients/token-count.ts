/**
 * Token-counting calls. They name a model too, but are not requests of an intent: nothing is decided, retried, charged or
 * recorded. The intent's model answers them, else the feature's first candidate; where that is not available, another one.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { Engine } from '../engine/engine.ts';
import { circuitsOf } from '../engine/rails/circuit-breaker.ts';
import type { FeatureState } from '../engine/state/feature-state.ts';
import type { Translation } from '../engine/state/capable-models.ts';
import { noEligibleModelError, speaks } from '../engine/state/capable-models.ts';
import type { Intent } from '../core/ledger/records.ts';
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { Wire } from '../contracts/wire.ts';
import { addressed } from './http-request.ts';
import type { CountCall } from './count-call.ts';
import { clientApi, isTranslatable } from '../engine/state/reach.ts';
import { mayHoldForeignReasoning } from './route-call.ts';
import type { ModelTransforms } from './transforms.ts';

/** @throws RouterError `wrong-provider` or `no-eligible-candidate` */
export async function countTokens(
  { engine, transforms }: { readonly engine: Engine; readonly transforms: ModelTransforms },
  call: CountCall,
): Promise<Response> {
  const { wire, slot, init } = call;
  const intent = slot.intentId === undefined ? undefined : engine.book.peek(slot.intentId);
  const { breaker, runtime } = engine;
  const isOpen = (model: ResolvedModel): boolean =>
    breaker.anyFaults() && breaker.isOpen(circuitsOf(model, call.client), runtime.elapsedMs());
  const translation = isTranslatable(engine, wire, slot)
    ? (await import('./translated-count.ts')).countTranslation(call)
    : undefined;
  const models = countingModels(engine.feature(slot.feature), wire, { intent, isOpen, translation });
  const ask = async (model: ResolvedModel): Promise<Response | undefined> => {
    if (translation !== undefined && !speaks(model, clientApi(wire))) return translation.count(model);
    const asked = mayHoldForeignReasoning(call.body)
      ? (await import('./foreign-reasoning.ts')).nativeRequest(call).request
      : call;
    // The counting endpoints take only some parameters, and refuse the others.
    const { set: _, ...transform } = transforms.of(model, asked.facts) ?? {};
    const { body } = wire.prepare(asked.body, asked.facts, model.providerModel, transform);
    const sent: RequestInit = { ...init, body };
    const response = await call.inner(await addressed(model, call, sent), sent);
    if (model.headers === undefined) return response;
    const { passedWithoutSecrets, secretsIn } = await import('./endpoint-secrets.ts');
    return passedWithoutSecrets(response, secretsIn(sent.headers, init.headers), false);
  };
  return firstCount(models, { count: ask, estimate: translation?.estimate, signal: init.signal ?? undefined });
}

export interface CountingOptions {
  readonly intent: Intent | undefined;
  readonly isOpen: (model: ResolvedModel) => boolean;
  /** Where a candidate of another API may count. */
  readonly translation?: Translation | undefined;
}

/**
 * The models that may count the tokens: the intent's model, then the other candidates that are available, then those
 * with an open circuit.
 *
 * @throws RouterError `wrong-provider` or `no-eligible-candidate`
 */
export function countingModels(
  feature: FeatureState,
  wire: Wire,
  { intent, isOpen, translation }: CountingOptions,
): readonly ResolvedModel[] {
  const requirements = { ...clientApi(wire), translation, capabilities: () => new Set<never>() };
  const last = intent?.attempts.findLast(({ kind }) => kind !== 'judge')?.model ?? intent?.decided.decision.plan[0];
  const models = feature.capableModels(requirements).flatMap(name => feature.models.get(name) ?? []);
  if (models.length === 0) throw noEligibleModelError(feature.config, requirements);
  const rank = (model: ResolvedModel): number => (isOpen(model) ? 2 : model.name === last ? 0 : 1);
  return models.toSorted((a, b) => rank(a) - rank(b));
}

/** The account, the model or the address is refused: another candidate may count. */
const REFUSED: ReadonlySet<number> = new Set([401, 402, 403, 404, 405, 410]);

interface FirstCount {
  /** Resolves to `undefined` where the model's API has no counter. */
  readonly count: (model: ResolvedModel) => Promise<Response | undefined>;
  readonly estimate: (() => Response) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The count of the first model that is available; where none is, an estimate if one has no counter, else the first failure. */
async function firstCount(
  models: readonly ResolvedModel[],
  { count, estimate, signal }: FirstCount,
): Promise<Response> {
  let hasNoCounter = false;
  let failure: Response | undefined;
  let error: unknown;
  for (const model of models) {
    const isFirst = model === models[0];
    try {
      const response = await count(model);
      if (response === undefined) {
        hasNoCounter = true;
        continue;
      }
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
  if (hasNoCounter && estimate !== undefined && signal?.aborted !== true) {
    void failure?.body?.cancel();
    return estimate();
  }
  if (failure === undefined) throw error;
  return failure;
}

function isUnavailable(httpStatus: number): boolean {
  return isRetryableHttpStatus(httpStatus) || REFUSED.has(httpStatus);
}

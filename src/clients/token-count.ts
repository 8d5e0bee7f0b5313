/**
 * Token-counting calls. They name a model too, but are not requests of an intent: nothing is decided, retried, charged or
 * recorded. The intent's model answers them, else the feature's first candidate.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { FeatureState } from '../engine/state/feature-state.ts';
import { noEligibleModelError } from '../engine/state/capable-models.ts';
import type { Intent } from '../core/ledger/records.ts';
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

/** The model that counts the tokens. @throws RouterError `wrong-provider` or `no-eligible-candidate` */
export function countedModel(feature: FeatureState, wire: Wire, intent: Intent | undefined): ResolvedModel {
  const requirements = { provider: wire.provider, capabilities: () => new Set<never>() };
  const capable = feature.capableModels(requirements);
  const last = intent?.attempts.findLast(({ kind }) => kind !== 'judge')?.model ?? intent?.decided.decision.plan[0];
  const name = last !== undefined && capable.includes(last) ? last : capable[0];
  const model = name === undefined ? undefined : feature.models.get(name);
  if (model === undefined) throw noEligibleModelError(feature.config, requirements);
  return model;
}

/**
 * Counting the tokens of a request names a model too, and is no request of an intent: nothing is decided, retried, spent
 * or recorded. It is answered by the model the intent goes to, else by the feature's first candidate.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { FeatureState } from '../engine/state/feature-state.ts';
import { noEligibleModelError } from '../engine/state/feature-state.ts';
import type { Intent } from '../core/ledger/records.ts';
import { endsWithPath } from '../wires/url-path.ts';
import type { Wire } from '../contracts/wire.ts';

/** Where tokens are counted, and the wire whose body is sent there. */
const PATHS: Readonly<Record<Wire['name'], string | undefined>> = {
  'openai-chat': undefined,
  'openai-responses': '/responses/input_tokens',
  'anthropic-messages': '/messages/count_tokens',
};

/** The wire of a counting endpoint, with that endpoint's path; `undefined` for any other url. */
export function countingWire(wires: readonly Wire[], url: string): Wire | undefined {
  for (const wire of wires) {
    const path = PATHS[wire.name];
    if (path !== undefined && endsWithPath(url, path)) return { ...wire, path };
  }
  return undefined;
}

/** Whose tokens are counted. @throws RouterError `wrong-provider` or `no-eligible-candidate` */
export function countedModel(feature: FeatureState, wire: Wire, intent: Intent | undefined): ResolvedModel {
  const wants = { provider: wire.provider, capabilities: () => new Set<never>() };
  const able = feature.capableModels(wants);
  const last = intent?.attempts.findLast(({ kind }) => kind !== 'judge')?.model ?? intent?.decided.decision.plan[0];
  const name = last !== undefined && able.includes(last) ? last : able[0];
  const model = name === undefined ? undefined : feature.models.get(name);
  if (model === undefined) throw noEligibleModelError(feature.config, wants);
  return model;
}

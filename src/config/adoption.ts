/** To what extent a feature is routed: `mode`, `ownModel` and `rollout`. */
import { RouterError } from '../errors.ts';
import type { FeatureConfig } from './application.ts';
import type { ResolvedFeature } from './resolved.ts';

/**
 * The model that answers while the feature is only observed, or the holdout that keeps all but a fraction of the intents with it.
 *
 * @throws RouterError `invalid-config` for options that do not go together
 */
export function adoptionOf(
  { mode, ownModel, holdout, candidates, ...written }: FeatureConfig,
  path: (key: string) => string,
): Pick<ResolvedFeature, 'observes' | 'holdout'> {
  const { rollout = written.share } = written;
  const name = written.rollout === undefined ? 'share' : 'rollout';
  const given = mode === 'observe' ? 'mode' : rollout === undefined ? undefined : name;
  if (given === undefined) return holdout === undefined ? {} : { holdout };
  if (ownModel === undefined)
    throw new RouterError('invalid-config', 'it is not stated which candidate answers without the router', {
      path: path('ownModel'),
      accepted: candidates,
    });
  const other =
    mode === 'observe' && rollout !== undefined
      ? name
      : name === 'rollout' && written.share !== undefined
        ? 'share'
        : holdout && 'holdout';
  if (other !== undefined)
    throw new RouterError('invalid-config', `it says again which intents "${ownModel}" answers`, {
      path: path(other),
      accepted: `\`${given}\` without it`,
    });
  return mode === 'observe' ? { observes: ownModel } : { holdout: { model: ownModel, fraction: 1 - (rollout ?? 1) } };
}

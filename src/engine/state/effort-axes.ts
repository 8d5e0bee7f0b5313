/** Finds the candidates that are one provider model at several efforts, and the place of each on that axis. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { EffortAxes, EffortPlace } from '../../core/beliefs/effort-axis.ts';
import { EFFORTS } from '../../core/ledger/effort.ts';
import { paramsText } from '../../core/ledger/params-text.ts';

/** `undefined` where no candidate has a sibling: nothing is shared. */
export function effortAxes(
  candidates: readonly Pick<ResolvedModel, 'name' | 'provider' | 'providerModel' | 'baseURL' | 'params'>[],
): EffortAxes | undefined {
  const places = candidates.flatMap((model): [string, EffortPlace][] => {
    const { name, provider, providerModel, baseURL = provider, params } = model;
    if (params?.effort === undefined) return [];
    const { effort, ...others } = params;
    // Candidates that differ in anything else are not siblings: the difference may matter as much as the effort.
    const family = `${baseURL} ${providerModel} ${paramsText(others)}`;
    return [[name, { family, position: EFFORTS.indexOf(effort) }]];
  });
  const hasSiblings = new Set(places.map(([, { family }]) => family)).size < places.length;
  return hasSiblings ? Object.fromEntries(places) : undefined;
}

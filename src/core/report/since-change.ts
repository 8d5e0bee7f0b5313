/** The outcomes that can settle a comparison of plans: those since the last change of a version or a rate. */
import type { Cell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';
import { isServedByOther } from '../cells/served-version.ts';
import { versionId } from '../cells/version-parts.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';
import type { DriftEvent } from './drift.ts';
import { driftOf } from './drift.ts';

/**
 * End of the last bucket in which a model was used in a version (of itself, its price or its prompt) other than its latest, or the last
 * change that was found in a rate, whichever is later: milliseconds since the epoch. `undefined` without a change.
 */
export function lastChangeMs(
  cells: readonly Cell[],
  drift: readonly DriftEvent[] = driftOf(cells),
): number | undefined {
  // The last change of a rate: drift events are in order of time.
  const rateChangeMs = drift.findLast(event => event.kind !== 'version')?.atMs ?? -Infinity;
  const last = Math.max(rateChangeMs, otherVersionEndMs(cells));
  return last === -Infinity ? undefined : last;
}

/** The cells of intents since the last change; the same array where nothing changed. */
export function cellsSince(cells: readonly Cell[], changeMs: number | undefined): readonly Cell[] {
  return changeMs === undefined ? cells : cells.filter(({ key }) => key.bucket * BUCKET_MS >= changeMs);
}

/** How long two versions must be in use side by side before that counts as permanent, and not as a rollout in progress. */
const AT_ONCE_MS = 86_400_000;

/**
 * Models that have been in use in two versions at once for a day or longer and still are: each use of the other version counts as a new
 * change, so that no comparison is settled meanwhile.
 */
export function modelsInTwoVersions(cells: readonly Cell[]): readonly string[] {
  const uses = usesOfSeveralVersions(cells)
    .map(({ key }) => ({
      model: modelOfNode(key.subject),
      version: versionId(key.version),
      fromMs: key.bucket * BUCKET_MS,
      toMs: (key.bucket + hoursIn(key)) * BUCKET_MS,
    }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return [...Map.groupBy(uses, ({ model }) => model)].flatMap(([model, own]) => {
    const last = own.at(-1);
    const first = own.find(({ version }) => version === last?.version);
    const other = own.findLast(({ version }) => version !== last?.version);
    if (last === undefined || first === undefined || other === undefined) return [];
    return other.toMs - first.fromMs >= AT_ONCE_MS && last.toMs - other.toMs < AT_ONCE_MS ? [model] : [];
  });
}

/** The cells of models that were used in several versions of their own: mostly none, and sorting all cells would take long. */
function usesOfSeveralVersions(cells: readonly Cell[]): readonly Cell[] {
  const versions = new Map<string, string>();
  const several = new Set<string>();
  const uses = cells.filter(
    ({ key, sums }) => key.scope === 'node' && !isServedByOther(key.version) && (sums.n ?? 0n) > 0n,
  );
  for (const { key } of uses) {
    const model = modelOfNode(key.subject);
    const version = versionId(key.version);
    const first = versions.get(model);
    if (first === undefined) versions.set(model, version);
    else if (first !== version) several.add(model);
  }
  return several.size === 0 ? [] : uses.filter(({ key }) => several.has(modelOfNode(key.subject)));
}

/** The end of the last bucket in which a model had a different version than its latest; −∞ without one. */
function otherVersionEndMs(cells: readonly Cell[]): number {
  /** The latest version of each model. */
  const lastVersions = new Map<string, string>();
  let endMs = -Infinity;
  for (const { key } of usesOfSeveralVersions(cells).toSorted((a, b) => b.key.bucket - a.key.bucket)) {
    const version = versionId(key.version);
    const model = modelOfNode(key.subject);
    const last = lastVersions.get(model) ?? version;
    lastVersions.set(model, last);
    if (version !== last) endMs = Math.max(endMs, (key.bucket + hoursIn(key)) * BUCKET_MS);
  }
  return endMs;
}

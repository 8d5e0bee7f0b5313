/** The version of every candidate: another price, model or prompt is another experiment, whose statistics start again. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import { BUCKET_MS } from '../../core/cells/cell.ts';

export type ModelVersions = Readonly<Record<string, string>>;

/**
 * Versions by model name. Returns the same object until a version can have changed: prices are scheduled, so they are read again
 * once per time bucket of the statistics.
 */
export function modelVersions({
  candidates,
  promptVersion,
}: Pick<ResolvedFeature, 'candidates' | 'promptVersion'>): (nowMs: number) => ModelVersions {
  const prompt = promptVersion === undefined ? '' : `+${promptVersion}`;
  let versions: ModelVersions | undefined;
  let bucket = Number.NaN;

  function versionOf(model: ResolvedModel, nowMs: number): string {
    return `${model.providerModel}@${model.price.idAt(nowMs)}${prompt}`;
  }

  return nowMs => {
    const current = Math.floor(nowMs / BUCKET_MS);
    if (versions !== undefined && current === bucket) return versions;
    bucket = current;
    versions = Object.freeze(Object.fromEntries(candidates.map(model => [model.name, versionOf(model, nowMs)])));
    return versions;
  };
}

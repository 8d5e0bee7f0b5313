/** The version of every candidate: with another model, parameter or prompt its statistics start again, with another price only its cost. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import { BUCKET_MS } from '../../core/cells/cell.ts';
import { versionOf } from '../../core/cells/version-parts.ts';
import { typicalCostUsd } from '../../prices/typical-cost.ts';

export type ModelVersions = Readonly<Record<string, string>>;

type VersionedFeature = Pick<ResolvedFeature, 'candidates' | 'promptVersion'> &
  Partial<Pick<ResolvedFeature, 'countsSessions' | 'hasAlarms'>>;

/**
 * Versions by model name. Returns the same object until a version can have changed: prices are scheduled, so they are read again
 * once per time bucket of the statistics.
 */
export function modelVersions({
  candidates,
  promptVersion,
  countsSessions = false,
  hasAlarms = false,
}: VersionedFeature): (nowMs: number) => ModelVersions {
  // Parts that start new statistics: outcomes of whole sessions differ from those of messages, and so do visits that an
  // alarm ends. No prompt version has spaces.
  const parts = [promptVersion, countsSessions ? 'of sessions' : undefined, hasAlarms ? 'with alarms' : undefined];
  const prompt = parts.filter(part => part !== undefined).join('+');
  let versions: ModelVersions | undefined;
  let bucket = Number.NaN;

  function currentVersion({ providerModel, paramsText, price }: ResolvedModel, nowMs: number): string {
    return versionOf(paramsText === '' ? providerModel : `${providerModel}(${paramsText})`, {
      priceId: price.idAt(nowMs),
      typicalUsd: typicalCostUsd(price, nowMs),
      ...(prompt === '' ? {} : { prompt }),
    });
  }

  return nowMs => {
    const current = Math.floor(nowMs / BUCKET_MS);
    if (versions !== undefined && current === bucket) return versions;
    bucket = current;
    versions = Object.freeze(Object.fromEntries(candidates.map(model => [model.name, currentVersion(model, nowMs)])));
    return versions;
  };
}

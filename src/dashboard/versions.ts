/**
 * Detects changes of a ledger: the generation of each feature, and operators' controls. Until one changes, the dashboard uses its
 * cache.
 */
import { createHash } from 'node:crypto';
import type { Generation, Store } from '../contracts/store.ts';
import { recentlyUsed } from '../recently-used.ts';
import { controlsIn } from './controls.ts';
import type { ControlsMessage } from './messages.ts';

/** The features of a ledger, and the generation of each: cached data of a feature is valid until its generation changes. */
export interface Versions {
  readonly features: readonly string[];
  readonly of: ReadonlyMap<string, Generation>;
  readonly controls: ControlsMessage;
}

export async function versionsIn(store: Pick<Store, 'features' | 'generations' | 'controls'>): Promise<Versions> {
  const features = await store.features();
  return { features, of: await store.generations(features), controls: await controlsIn(store) };
}

/** One text for the whole state, the same in every process. A store may answer in any order. */
export function versionOf({ features, of, controls }: Versions): string {
  return createHash('sha256')
    .update(JSON.stringify([features.map(feature => [feature, of.get(feature)]), controls]))
    .digest('hex')
    .slice(0, 16);
}

/** Number of periods whose answers are cached, the most recently requested ones. More: memory that readers may fill. */
const KEPT_PERIODS = 8;

interface Entry<Value> {
  readonly generation: Generation | undefined;
  readonly value: Promise<Value>;
}

/**
 * A cache entry is valid for one generation of its feature. A failed read is not cached.
 *
 * @param period the period of the answer, if answers for several periods are cached
 */
export function cachedByVersion<Value>(): (
  feature: string,
  versions: Versions,
  read: () => Promise<Value>,
  period?: string,
) => Promise<Value> {
  const periods = recentlyUsed<string, Map<string, Entry<Value>>>(KEPT_PERIODS);
  return async (feature, versions, read, period = '') => {
    const entries = periods.get(period) ?? new Map<string, Entry<Value>>();
    periods.set(period, entries);
    const generation = versions.of.get(feature);
    const cached = entries.get(feature);
    if (cached !== undefined && cached.generation === generation) return cached.value;
    const value = read();
    entries.set(feature, { generation, value });
    value.catch(() => entries.delete(feature));
    return value;
  };
}

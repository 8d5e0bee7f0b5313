/** Models whose price changed: their cost figures then mix visits at several prices. */
import type { Cell } from '../cells/cell.ts';
import { isServedByOther } from '../cells/served-version.ts';
import { rateIdOf, versionParts } from '../cells/version-parts.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

export interface RepricedModel {
  readonly model: string;
  /** Number of prices that the model had. A tariff by time of day is one price. */
  readonly prices: number;
}

/** The models whose price changed, computed from node cells. */
export function repricedModels(cells: Iterable<Cell>): readonly RepricedModel[] {
  const rates = new Map<string, Set<string>>();
  for (const { key, sums } of cells) {
    if (key.scope !== 'node' || (sums.n ?? 0n) === 0n || isServedByOther(key.version)) continue;
    const model = modelOfNode(key.subject);
    let known = rates.get(model);
    if (known === undefined) rates.set(model, (known = new Set()));
    known.add(rateIdOf(versionParts(key.version).price));
  }
  return [...rates].flatMap(([model, { size }]) => (size > 1 ? [{ model, prices: size }] : []));
}

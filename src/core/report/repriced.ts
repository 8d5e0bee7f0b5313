/** Models whose price changed: figures of cost are then of visits at several prices. */
import type { Cell } from '../cells/cell.ts';
import { isServedByOther } from '../cells/served-version.ts';
import { rateIdOf, versionParts } from '../cells/version-parts.ts';
import { modelOfNode } from '../ledger/vocabulary.ts';

export interface RepricedModel {
  readonly model: string;
  /** How many prices it had. One that depends on the time of day is one price. */
  readonly prices: number;
}

/** From node cells. */
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

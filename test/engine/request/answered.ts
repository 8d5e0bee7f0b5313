/** A routed intent that has one reply and no evidence yet. */
import { expect } from 'vitest';
import type { Feature } from '../../support/routed.ts';
import { routed } from '../../support/routed.ts';
import { chat } from '../../support/scripted-server.ts';

export const signals = {
  resolved: true,
  contactedSupport: false,
  stars: (stars: number) => stars >= 4,
} as const satisfies Feature['signals'];

export async function answered(feature: Feature = {}, options: Parameters<typeof routed>[2] = {}) {
  const it = await routed([chat('hi')], { signals, ...feature }, options);
  const intent = it.router.feature('support').intent();
  await it.ask(intent.model);
  const signal = async (name: keyof typeof signals, ...value: [number] | []) =>
    intent.signal(name as never, ...(value as [never]));
  /** The sums of the plan's cell, which must be those that follow from the ledger. */
  const plan = async () => {
    const { grown, rebuilt } = await it.cells();
    expect(grown).toEqual(rebuilt);
    return (await it.store.cells('support')).find(cell => cell.key.scope === 'plan')?.sums;
  };
  return { ...it, intent, signal, plan };
}

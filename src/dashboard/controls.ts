/** The controls that operators have set, as the dashboard shows them. */
import type { Control } from '../contracts/control-store.ts';
import type { Store } from '../contracts/store.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import type { ControlsMessage } from './messages.ts';

/**
 * Controls that are set, the latest first, in an order that does not depend on the store. An unreadable one does not hide
 * the others.
 */
export async function controlsIn(store: Pick<Store, 'controls'>): Promise<ControlsMessage> {
  const damaged: string[] = [];
  const controls = (await store.controls?.(error => damaged.push(String(error)))) ?? [];
  const set = controls.filter(({ isSet }) => isSet);
  return { set: set.sort((a, b) => b.atMs - a.atMs || (nameOf(a) < nameOf(b) ? -1 : 1)), damaged };
}

function nameOf({ kind, subject }: Control): string {
  return `${kind} ${subject}`;
}

/** The controls of a feature and of the models in its plans. */
export function controlsOf(
  { set, damaged }: ControlsMessage,
  { feature, plans }: { readonly feature: string; readonly plans: readonly Plan[] },
): ControlsMessage {
  const models = new Set(plans.flat());
  const own = set.filter(({ kind, subject }) => (kind === 'disabled' ? models.has(subject) : subject === feature));
  return { set: own, damaged };
}

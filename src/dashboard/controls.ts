/** The controls that operators have set: as the dashboard shows them, and their effect on the explanation of a feature. */
import type { Control } from '../contracts/control-store.ts';
import type { Store } from '../contracts/store.ts';
import { plansWhere } from '../core/ledger/plan-set.ts';
import type { Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planOfKey } from '../core/ledger/vocabulary.ts';
import type { Exclusion } from '../engine/rails/guard-rails.ts';
import type { Holdout } from '../policies/holdout.ts';
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

/** The part of a feature that is not routed: the model that answers in place of the router, for all intents or a fraction. */
export interface RoutedPart {
  readonly observes?: string | undefined;
  readonly holdout?: Holdout | undefined;
}

/** The settings that decide instead of the policy: operators' controls come before the configuration. */
export function underControls(
  { set }: ControlsMessage,
  { plans, observes, holdout }: { readonly plans: readonly Plan[] } & RoutedPart,
): { readonly exclusions: readonly Exclusion[]; readonly pinned?: PlanKey } & RoutedPart {
  const disabled = new Set(set.flatMap(({ kind, subject }) => (kind === 'disabled' ? [subject] : [])));
  const held = set.find(({ kind }) => kind === 'holdout');
  const pinned = set.find(({ kind }) => kind === 'pinned')?.plan;
  const isPinned = pinned !== undefined && planOfKey(pinned).every(name => !disabled.has(name));
  return {
    // A pin takes precedence over observing, even while a model of the pinned plan is switched off: the policy decides then.
    observes: pinned === undefined && !disabled.has(observes ?? '') ? observes : undefined,
    holdout: held === undefined ? holdout : { model: held.plan ?? '', fraction: held.fraction ?? 0 },
    exclusions: [
      {
        plans: plansWhere(plans, plan => plan.some(name => disabled.has(name))),
        reason: 'switched off by an operator',
      },
    ],
    ...(isPinned ? { pinned } : {}),
  };
}

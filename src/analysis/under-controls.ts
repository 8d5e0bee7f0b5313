/** What decides for a feature while operators have set controls: they are in the ledger, so a report of the ledger alone knows them. */
import type { Control, ControlStore } from '../contracts/control-store.ts';
import { plansWhere } from '../core/ledger/plan-set.ts';
import type { Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planOfKey } from '../core/ledger/vocabulary.ts';
import type { Exclusion } from '../engine/rails/guard-rails.ts';
import type { Holdout } from '../policies/holdout.ts';

/** The controls that are set for a feature, and the models that are switched off. One that cannot be read does not hide the others. */
export async function controlsFor(store: Pick<ControlStore, 'controls'>, feature: string): Promise<readonly Control[]> {
  const controls = (await store.controls?.(() => {})) ?? [];
  return controls.filter(({ kind, subject, isSet }) => isSet && (kind === 'disabled' || subject === feature));
}

/** The part of a feature that is not routed: the model that answers in place of the router, for all intents or a fraction. */
export interface RoutedPart {
  readonly observes?: string | undefined;
  readonly holdout?: Holdout | undefined;
}

/** The settings that decide instead of the policy: operators' controls come before the configuration. */
export function underControls(
  { set }: { readonly set: readonly Control[] },
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

/** Applies a control that a reader of the dashboard sets: checks it against its feature, and stores it for every process. */
import type { Store } from '../contracts/store.ts';
import { planKey, planOfKey } from '../core/ledger/vocabulary.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import type { NewControl } from '../engine/state/controls.ts';
import { checkNote, storedControls } from '../engine/state/controls.ts';
import { RouterError } from '../errors.ts';
import { systemRuntime } from '../runtime.ts';
import type { ControlRequest } from './messages.ts';

/** @throws RouterError `invalid-value` for a model, plan or fraction that the feature does not have; `store-unusable` */
export async function setFromPage(
  store: Store,
  { feature, why, ...control }: ControlRequest,
  { plans, by }: { readonly plans: readonly PlanKey[]; readonly by: string },
): Promise<void> {
  const note = { by, ...(why === undefined || why === '' ? {} : { why }) };
  checkNote(note);
  checkControl(control, feature, plans);
  const controls = storedControls({
    store,
    runtime: systemRuntime(),
    refreshMs: 0,
    apply: () => {},
    faulted: () => {},
  });
  await controls.set(control, note);
}

function checkControl(control: NewControl, feature: string, plans: readonly PlanKey[]): void {
  const { kind, subject, isSet, plan, fraction } = control;
  const models = [...new Set(plans.flatMap(key => planOfKey(key)))];
  const one = (value: string | undefined, path: string, accepted: readonly string[]): void => {
    if (value !== undefined && accepted.includes(value)) return;
    const given = value ?? '';
    throw new RouterError('invalid-value', `"${feature}" has no ${path} "${given}"`, { path, accepted, given });
  };
  // Any control can be lifted, even that of a model that is no longer a candidate.
  if (kind === 'disabled') return isSet ? one(subject, 'model', models) : undefined;
  one(subject, 'feature', [feature]);
  if (!isSet) return undefined;
  if (kind === 'pinned') return one(plan, 'plan', [...plans, ...models.map(name => planKey([name]))]);
  one(plan, 'model', models);
  if (fraction === undefined)
    throw new RouterError('invalid-value', 'a holdout needs its fraction', { path: 'fraction', accepted: '0 to 1' });
  return undefined;
}

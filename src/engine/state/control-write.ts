/**
 * Writes a control to the store, after what other processes set at the same time. Loaded when the first control is set.
 */
import type { Control } from '../../contracts/control-store.ts';
import type { Store } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';

/** Earlier settings that a store keeps with a control, for people who look back. All are read with every refresh. */
const MAX_EARLIER = 20;

/** Attempts to set a control that other processes set at the same time; each time, one of them succeeds. */
const MAX_ATTEMPTS = 100;

/** Resolves to the control as the store has it. @throws RouterError `store-unusable` */
export async function writeControl(
  { name, controls, setControl }: Pick<Store, 'name' | 'controls' | 'setControl'>,
  set: Omit<Control, 'revision' | 'earlier'>,
  tellDamage: (error: unknown) => void,
): Promise<Control> {
  if (controls === undefined || setControl === undefined)
    throw new RouterError('store-unusable', `${name} keeps no switches, pins and holdouts`, {
      accepted: 'a store with controls() and setControl(), such as sqlite()',
    });
  const { kind, subject } = set;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const latest = (await controls(tellDamage)).find(known => known.kind === kind && known.subject === subject);
    const next = { ...set, ...following(latest) };
    if (await setControl(next)) return next;
  }
  throw new RouterError('store-unusable', `${kind} ${subject}: other processes set it at the same time`);
}

/** The part of a control's next setting that follows from the one before. */
function following(latest: Control | undefined): Pick<Control, 'revision' | 'earlier'> {
  if (latest === undefined) return { revision: 1 };
  const { kind: _, subject: __, revision, earlier = [], ...setting } = latest;
  return { revision: revision + 1, earlier: [setting, ...earlier].slice(0, MAX_EARLIER) };
}

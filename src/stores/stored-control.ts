/** Controls as a database keeps them: text, beside the columns by which they are found. */
import type { Control, ControlSetting } from '../contracts/control-store.ts';

/** A row of the table `controls`. */
interface ControlRow {
  /** Kind and subject of the control. */
  readonly name: string;
  readonly revision: number;
  readonly json: string;
}

/** The latest moment that a `Date` can represent. */
const MAX_MOMENT_MS = 8.64e15;

/** @throws Error that says why the row is damaged */
export function controlOfRow({ name, revision, json }: ControlRow): Control {
  const control = JSON.parse(json) as Partial<Control> | null;
  if (`${control?.kind} ${control?.subject}` !== name || control?.revision !== revision || !isWhole(control))
    throw new Error('not the control that its columns name');
  return control;
}

function isWhole(control: Partial<Control>): control is Control {
  const { kind = '', revision, earlier = [] } = control;
  return (
    ['disabled', 'pinned', 'holdout'].includes(kind) &&
    isBetween(revision, 1, Number.MAX_SAFE_INTEGER) &&
    Array.isArray(earlier) &&
    [control, ...(earlier as readonly unknown[])].every(setting => isSetting(kind, setting))
  );
}

function isSetting(kind: string, setting: unknown): boolean {
  const { isSet, plan, fraction, atMs, by = '', why = '' } = (setting ?? {}) as Partial<ControlSetting>;
  return (
    typeof isSet === 'boolean' &&
    (kind === 'disabled' || !isSet || typeof plan === 'string') &&
    (kind !== 'holdout' || !isSet || isBetween(fraction, 0, 1)) &&
    isBetween(atMs, -MAX_MOMENT_MS, MAX_MOMENT_MS) &&
    typeof by === 'string' &&
    typeof why === 'string'
  );
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

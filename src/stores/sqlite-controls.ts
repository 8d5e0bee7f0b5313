/** Controls as rows of the SQLite store. */
import type { Control } from '../contracts/store.ts';
import { DamagedRow } from './sqlite-damage.ts';
import type { Statements } from './sqlite-statements.ts';

/** A row of the table `controls`. */
interface ControlRow {
  readonly name: string;
  readonly revision: number;
  readonly json: string;
}

/** Every control that can be read, and a DamagedRow for each other one. */
export function readControls(statements: Statements): readonly (Control | DamagedRow)[] {
  return (statements.controls.all() as unknown as ControlRow[]).map(readControl);
}

function readControl({ name, revision, json }: ControlRow): Control | DamagedRow {
  const row = `controls (name ${JSON.stringify(name)})`;
  try {
    const control = JSON.parse(json) as Partial<Control> | null;
    const isWhole =
      `${control?.kind} ${control?.subject}` === name &&
      control?.revision === revision &&
      typeof control.isSet === 'boolean' &&
      typeof control.atMs === 'number' &&
      (control.kind === 'disabled' || !control.isSet || typeof control.plan === 'string') &&
      (control.kind !== 'holdout' || !control.isSet || typeof control.fraction === 'number');
    return isWhole ? (control as Control) : new DamagedRow(row, 'not the control of its columns');
  } catch (cause) {
    return new DamagedRow(row, cause);
  }
}

/** `false` unless the control's latest revision is the one before. A damaged one is replaced. */
export function setControl(statements: Statements, control: Control): boolean {
  const name = `${control.kind} ${control.subject}`;
  const row = statements.control.get(name) as ControlRow | undefined;
  // Other processes apply only what has a later revision than they have seen.
  const next = row !== undefined && readControl(row) instanceof DamagedRow ? row.revision + 1 : control.revision;
  if (next === control.revision && (row?.revision ?? 0) !== next - 1) return false;
  statements.setControl.run(name, next, JSON.stringify({ ...control, revision: next }));
  return true;
}

/** Controls as rows of the SQLite store. */
import type { Control } from '../contracts/control-store.ts';
import { DamagedRow } from './sqlite-damage.ts';
import type { Statements } from './sqlite-statements.ts';
import { controlOfRow } from './stored-control.ts';

/** The row as it is selected: Node refuses to read an integer above 2^53 as a number. */
interface SelectedRow {
  readonly name: string;
  readonly revision: string;
  readonly json: string;
}

/** Every control that can be read, and a DamagedRow for each other one. */
export function readControls(statements: Statements): readonly (Control | DamagedRow)[] {
  return (statements.controls.all() as unknown as SelectedRow[]).map(readControl);
}

function readControl(row: SelectedRow): Control | DamagedRow {
  try {
    return controlOfRow({ ...row, revision: Number(row.revision) });
  } catch (cause) {
    return new DamagedRow(`controls (name ${JSON.stringify(row.name)})`, cause);
  }
}

/** `false` unless the control's latest revision is the one before. A damaged one is replaced. */
export function setControl(statements: Statements, control: Control): boolean {
  const name = `${control.kind} ${control.subject}`;
  const row = statements.control.get(name) as SelectedRow | undefined;
  const isDamaged = row !== undefined && readControl(row) instanceof DamagedRow;
  if (!isDamaged && Number(row?.revision ?? 0) !== control.revision - 1) return false;
  const revision = isDamaged ? revisionAfter(row, control) : control.revision;
  statements.setControl.run(name, revision, JSON.stringify({ ...control, revision }));
  return true;
}

/**
 * Other processes apply a control only if its revision is later than the one they have seen. If that of the damaged row is no usable
 * number, the time in milliseconds is later than any revision.
 */
function revisionAfter(damaged: SelectedRow, { atMs }: Control): number {
  const next = Number(damaged.revision) + 1;
  return Number.isSafeInteger(next) && next > 0 ? next : atMs;
}

/** Reads and writes the controls that operators have set, in the table `controls`. */
import type { Control } from '../../contracts/control-store.ts';
import { RouterError } from '../../errors.ts';
import { controlOfRow } from '../stored-control.ts';
import type { AskServer, PostgresRow } from './connection.ts';

export async function readControls(
  ask: AskServer,
  s: string,
  damaged?: (error: unknown) => void,
): Promise<readonly Control[]> {
  const rows = await ask(`SELECT name, revision, json FROM ${s}.controls`);
  return rows.flatMap(row => {
    const control = controlOf(row);
    if (!RouterError.isInstance(control)) return control;
    if (damaged === undefined) throw control;
    damaged(control);
    return [];
  });
}

/** `false` unless the control's latest revision is the one before. A damaged one is replaced. */
export async function writeControl(ask: AskServer, s: string, control: Control): Promise<boolean> {
  const name = `${control.kind} ${control.subject}`;
  const [row] = await ask(`SELECT name, revision, json FROM ${s}.controls WHERE name = $1`, [name]);
  const stored = Number(row?.[1] ?? 0);
  // Other processes apply only later revisions than they have seen.
  const isDamaged = row !== undefined && RouterError.isInstance(controlOf(row));
  const next = isDamaged ? stored + 1 : control.revision;
  if (stored !== next - 1) return false;
  const written = await ask(
    `INSERT INTO ${s}.controls AS t VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, json = excluded.json
     WHERE t.revision = excluded.revision - 1 RETURNING 1`,
    [name, next, JSON.stringify({ ...control, revision: next })],
  );
  return written.length === 1;
}

/** The error says which row is damaged. */
function controlOf([name, revision, json]: PostgresRow): Control | RouterError {
  try {
    return controlOfRow({ name: name ?? '', revision: Number(revision), json: json ?? '' });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new RouterError('store-unusable', `a row is damaged: controls (name ${JSON.stringify(name)}): ${why}`, {
      path: 'postgres',
    });
  }
}

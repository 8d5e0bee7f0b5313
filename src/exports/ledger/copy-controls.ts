/** The part of a copy that copies switches, pins and holdouts. */
import type { Control } from '../../contracts/control-store.ts';
import type { Store } from '../../contracts/store.ts';

/** Adds the controls that the source has set later than the target. @returns how many */
export async function copyControls(source: Store, target: Store, damaged?: (error: unknown) => void): Promise<number> {
  const known = new Map((await target.controls?.())?.map(control => [nameOf(control), control]));
  let copied = 0;
  for (const control of (await source.controls?.(damaged)) ?? []) {
    const { revision, atMs } = known.get(nameOf(control)) ?? { revision: 0, atMs: -Infinity };
    if (atMs >= control.atMs) continue;
    if ((await target.setControl?.({ ...control, revision: revision + 1 })) === true) copied++;
  }
  return copied;
}

function nameOf({ kind, subject }: Control): string {
  return `${kind} ${subject}`;
}

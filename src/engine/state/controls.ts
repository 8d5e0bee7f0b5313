/**
 * Switches, pins and holdouts that hold in every process on the store: what an operator sets in any process is applied in this one,
 * and stored.
 */
import type { Control } from '../../contracts/control-store.ts';
import type { Store } from '../../contracts/store.ts';
import type { Fault } from '../../contracts/observer.ts';
import { isStorable, MAX_NOTE_LENGTH, storableText } from '../../core/ledger/names.ts';
import { checkNames, invalidValue, RouterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';

/** A setting before the store gives it a revision. */
export type NewControl = Pick<Control, 'kind' | 'subject' | 'isSet' | 'plan' | 'fraction'>;

/** Who sets a control, and why: recorded with it, for people. */
export interface ControlNote {
  readonly by?: string;
  readonly why?: string;
}

export interface Controls {
  /** Resolves when the controls are loaded; `undefined` when they are already. From the first call on they are read regularly. */
  ready(): Promise<void> | undefined;
  /**
   * Applies a control in this process at once. Resolves when the store has it, so that it holds in every other process within
   * one refresh; rejects when the store could not keep it. It then holds in this process, and every refresh tries to store it
   * again, until that succeeds or another process has set the same control since.
   */
  set(control: NewControl, note: ControlNote): Promise<void>;
  readonly stop: () => void;
}

export interface ControlsOptions {
  readonly store: Pick<Store, 'name' | 'isPrivate' | 'controls' | 'setControl' | 'setAside'>;
  readonly runtime: Pick<Runtime, 'nowMs' | 'every'>;
  readonly refreshMs: number;
  /** Called with what changed. It may throw, for a plan that the feature does not have any more. */
  readonly apply: (control: NewControl) => void;
  readonly faulted: (error: unknown) => void;
}

/** Sets a control. A caller need not await it: an error of the store then reaches only the observers. */
export function setControl(
  { controls, faulted }: { readonly controls: Controls; readonly faulted: (fault: Fault) => void },
  control: NewControl,
  note: ControlNote = {},
): Promise<void> {
  checkNote(note);
  const set = controls.set(control, note).catch((error: unknown) => {
    throw holdsHereAlone(error);
  });
  set.catch((error: unknown) => faulted({ where: 'store', error }));
  return set;
}

/** The error has to say what is in force: the control was applied here before the store failed to keep it. */
function holdsHereAlone(cause: unknown): RouterError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `it holds in this process alone, because the store could not keep it: ${why}`;
  return new RouterError('store-unusable', message, { cause });
}

/** @throws RouterError `invalid-value` */
export function checkNote(note: ControlNote): void {
  checkNames(note, ['by', 'why'], 'note');
  for (const [name, value] of Object.entries(note))
    if (value !== undefined && !isStorable(value, MAX_NOTE_LENGTH))
      throw invalidValue(value, `note.${name}`, storableText(MAX_NOTE_LENGTH));
}

/** A shorter refresh would keep the store busy with nothing else. */
const MIN_REFRESH_MS = 50;

/** A control that this process has set and the store does not have yet. */
interface Unstored {
  readonly control: NewControl;
  readonly note: ControlNote;
  readonly atMs: number;
  /** True when the store failed to keep the control, and no attempt is under way. */
  hasFailed: boolean;
}

export function storedControls({ store, runtime, refreshMs, apply, faulted }: ControlsOptions): Controls {
  /** The latest revision that was applied, by control. */
  const applied = new Map<string, number>();
  /** Controls that the store does not have yet, by their key. */
  const unstored = new Map<string, Unstored>();
  const toldDamage = new Set<string>();
  /** Settles with the last of the writes: they are made in the order of the calls. */
  let writing: Promise<unknown> = Promise.resolve();
  let loading: Promise<void> | undefined;
  let stop: (() => void) | undefined;
  let isLoaded = store.controls === undefined;

  const idOf = ({ kind, subject }: NewControl): string => `${kind} ${subject}`;

  function applyNew(control: Control): void {
    const id = idOf(control);
    const own = unstored.get(id);
    if (control.revision <= (applied.get(id) ?? 0) || control.atMs < (own?.atMs ?? 0)) return;
    applied.set(id, control.revision);
    if (own?.hasFailed === true) unstored.delete(id);
    try {
      apply(control);
    } catch (error) {
      faulted(error);
    }
  }

  /** Reported once, not at every refresh. */
  function tellDamage(error: unknown): void {
    const damage = String(error);
    if (!toldDamage.has(damage)) faulted(error);
    toldDamage.add(damage);
  }

  /** A store that cannot be read must break no call: the controls that are known stay. */
  async function read(): Promise<void> {
    try {
      for (const control of (await store.controls?.(tellDamage)) ?? []) applyNew(control);
      for (const set of unstored.values()) if (set.hasFailed) keep(set).catch(() => {});
      for (const damage of (await store.setAside?.()) ?? []) tellDamage(damage);
    } catch (error) {
      faulted(error);
    }
    isLoaded = true;
    loading = undefined;
  }

  function start(): void {
    // No other process writes to a private store.
    if (stop !== undefined || store.isPrivate === true) return;
    stop = runtime.every(Math.max(MIN_REFRESH_MS, refreshMs), () => void (loading ??= read()));
  }

  async function write(set: Unstored): Promise<void> {
    const { writeControl } = await import('./control-write.ts');
    const { control, note, atMs } = set;
    const stored = await writeControl(store, { ...control, ...note, atMs }, tellDamage);
    const id = idOf(control);
    applied.set(id, stored.revision);
    if (unstored.get(id) !== set) return;
    unstored.delete(id);
    // The control is applied again: a control of another process may have been read and applied in between.
    apply(control);
  }

  /** Stores a control after those that were set before it. */
  function keep(set: Unstored): Promise<void> {
    set.hasFailed = false;
    const written = writing.then(async () => write(set));
    writing = written.catch(() => {
      set.hasFailed = true;
      start();
    });
    return written;
  }

  return {
    ready() {
      start();
      if (isLoaded) return undefined;
      return (loading ??= read());
    },
    set(control, note) {
      apply(control);
      const set = { control, note, atMs: runtime.nowMs(), hasFailed: false };
      unstored.set(idOf(control), set);
      return keep(set);
    },
    stop() {
      stop?.();
      stop = () => {};
    },
  };
}

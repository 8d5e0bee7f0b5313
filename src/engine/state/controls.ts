/** Switches, pins and holdouts that hold in every process on the store: what an operator sets anywhere is applied here, and kept. */
import type { Control, Store } from '../../contracts/store.ts';
import type { Fault } from '../../contracts/observer.ts';
import { isStorable, MAX_NOTE_LENGTH, storableText } from '../../core/ledger/names.ts';
import { checkNames, invalidValue, RouterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';

/** What is set, before the store gives it a revision. */
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
   * one refresh; rejects when the store cannot keep it: it then holds in this process alone.
   */
  set(control: NewControl, note: ControlNote): Promise<void>;
  readonly stop: () => void;
}

export interface ControlsOptions {
  readonly store: Pick<Store, 'name' | 'isPrivate' | 'controls' | 'setControl'>;
  readonly runtime: Pick<Runtime, 'nowMs' | 'every'>;
  readonly refreshMs: number;
  /** Called with what changed. It may throw, for a plan that the feature does not have any more. */
  readonly apply: (control: NewControl) => void;
  readonly faulted: (error: unknown) => void;
}

/** Sets a control. A caller need not await it: what the store says then reaches the observers alone. */
export function setControl(
  { controls, faulted }: { readonly controls: Controls; readonly faulted: (fault: Fault) => void },
  control: NewControl,
  note: ControlNote = {},
): Promise<void> {
  checkNote(note);
  const set = controls.set(control, note);
  set.catch((error: unknown) => faulted({ where: 'store', error }));
  return set;
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

/** Attempts to set a control that other processes set at the same time; each time, one of them succeeds. */
const MAX_ATTEMPTS = 100;

export function storedControls({ store, runtime, refreshMs, apply, faulted }: ControlsOptions): Controls {
  /** The latest revision that was applied, by control. */
  const applied = new Map<string, number>();
  /** When this process set what the store does not have yet, or could not keep, by control. */
  const unstored = new Map<string, { readonly atMs: number }>();
  const toldDamage = new Set<string>();
  /** Settles with the last of the writes: they are made in the order of the calls. */
  let writing: Promise<unknown> = Promise.resolve();
  let loading: Promise<void> | undefined;
  let stop: (() => void) | undefined;
  let isLoaded = store.controls === undefined;

  const idOf = ({ kind, subject }: NewControl): string => `${kind} ${subject}`;

  function applyNew(control: Control): void {
    const id = idOf(control);
    if (control.revision <= (applied.get(id) ?? 0) || control.atMs < (unstored.get(id)?.atMs ?? 0)) return;
    applied.set(id, control.revision);
    try {
      apply(control);
    } catch (error) {
      faulted(error);
    }
  }

  /** Once, not at every refresh. */
  function tellDamage(error: unknown): void {
    const damage = String(error);
    if (!toldDamage.has(damage)) faulted(error);
    toldDamage.add(damage);
  }

  /** A store that cannot be read must break no call: the controls that are known stay. */
  async function read(): Promise<void> {
    try {
      for (const control of (await store.controls?.(tellDamage)) ?? []) applyNew(control);
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

  async function write(control: NewControl, note: ControlNote, isLatest: () => boolean): Promise<void> {
    const { controls, setControl } = store;
    if (controls === undefined || setControl === undefined)
      throw new RouterError(
        'store-unusable',
        `${store.name} keeps no switches, pins and holdouts: this one holds in this process alone`,
        {
          accepted: 'a store with controls() and setControl(), such as sqlite()',
        },
      );
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const latest = (await controls(tellDamage)).find(known => idOf(known) === idOf(control));
      const next: Control = { ...control, ...note, revision: (latest?.revision ?? 0) + 1, atMs: runtime.nowMs() };
      if (!(await setControl(next))) continue;
      applied.set(idOf(control), next.revision);
      if (!isLatest()) return;
      unstored.delete(idOf(control));
      // Again: what another process set meanwhile may have been read and applied in between.
      apply(control);
      return;
    }
    throw new RouterError('store-unusable', `${idOf(control)}: other processes set it at the same time`);
  }

  return {
    ready() {
      start();
      if (isLoaded) return undefined;
      return (loading ??= read());
    },
    set(control, note) {
      apply(control);
      const id = idOf(control);
      const set = { atMs: runtime.nowMs() };
      unstored.set(id, set);
      const written = writing.then(async () => write(control, note, () => unstored.get(id) === set));
      writing = written.catch(() => {});
      return written;
    },
    stop: () => stop?.(),
  };
}

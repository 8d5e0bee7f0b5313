/** The code that judges replies, loaded with the first call of a feature that has a check or a validator. */
import type { verdictOn } from '../attempts/verdict.ts';

export interface Verdicts {
  /**
   * Absent until the code is loaded, and where it cannot be loaded: replies are then accepted, as when a validator
   * fails.
   */
  readonly on: typeof verdictOn | undefined;
  /** Call before a request whose reply is judged. `undefined`: there is nothing to wait for. */
  ready(): Promise<void> | undefined;
}

export function lazyVerdicts(faulted: (error: unknown) => void): Verdicts {
  let loading: Promise<void> | undefined;
  const load = async () =>
    import('../attempts/verdict.ts').then(loaded => void (verdicts.on = loaded.verdictOn), faulted);

  const verdicts: Verdicts & { on: Verdicts['on'] } = {
    on: undefined,
    ready: () => (verdicts.on === undefined ? (loading ??= load()) : undefined),
  };
  return verdicts;
}

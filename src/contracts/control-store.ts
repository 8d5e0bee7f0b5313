/** The part of a store that keeps what operators have set. */
import type { PlanKey } from '../core/ledger/vocabulary.ts';

/** One setting of a {@link Control}: what, when, by whom and why. */
export interface ControlSetting {
  /** False: lifted again. */
  readonly isSet: boolean;
  /** The pinned plan; of a holdout, the model that it goes to. */
  readonly plan?: PlanKey;
  /** The fraction of the intents in a holdout, 0 to 1. */
  readonly fraction?: number;
  readonly atMs: number;
  /** Who set it, and why, if that was given. */
  readonly by?: string;
  readonly why?: string;
}

/** What an operator has set for every process on the store: a model that is switched off, a feature's pinned plan or holdout. */
export interface Control extends ControlSetting {
  readonly kind: 'disabled' | 'pinned' | 'holdout';
  /** The configured name of the model, or of the feature. */
  readonly subject: string;
  /** How often it was set or lifted: 1 for the first time. */
  readonly revision: number;
  /** The settings before this one, latest first: 20 at most. */
  readonly earlier?: readonly ControlSetting[];
}

export interface ControlStore {
  /**
   * The latest revision of every control, in any order. Optional, together with {@link ControlStore.setControl}: without them a
   * switch or a pin is refused, because it could not hold in every process and after a restart.
   * @param damaged Called with the error of each control that cannot be read, which is then left out; without it, rejects
   */
  controls?(damaged?: (error: unknown) => void): Promise<readonly Control[]>;
  /**
   * Compare-and-set of one control. `false`: the control's latest revision is no longer the one before this. A control
   * that cannot be read is replaced, with the revision after its own.
   */
  setControl?(control: Control): Promise<boolean>;
}

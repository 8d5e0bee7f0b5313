/** The contract of an observer: told what happened, never asked, never able to break a request. */
import type { AttemptedRecord, CorrectedRecord, DecidedRecord, Intent, SettledRecord } from '../core/ledger.ts';

/** A fault of the router's own parts that did not reach the caller. */
export interface Fault {
  readonly where: 'store' | 'observer' | 'price' | 'validator' | 'judge' | 'policy' | 'wire';
  readonly feature?: string;
  readonly intentId?: string;
  readonly error: unknown;
}

export interface Observer {
  readonly name: string;
  decided?(record: DecidedRecord): void;
  attempted?(record: AttemptedRecord, intent: Intent): void;
  settled?(record: SettledRecord | CorrectedRecord, intent: Intent): void;
  faulted?(fault: Fault): void;
  close?(): Promise<void>;
}

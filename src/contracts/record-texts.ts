/** The records of a ledger as the text that a store keeps of them: for a reader of millions that needs few members of each. */
import type { LedgerRecord } from '../core/ledger/records.ts';

/** Some records, in append order. They can be read until the next ones are asked for: their memory is used again then. */
export interface RecordTexts {
  readonly length: number;
  /**
   * UTF-8. The JSON of each record is from `starts[i]` to before `ends[i]`; that range is empty for a record whose text does not begin with
   * its intent's id.
   */
  readonly bytes: Uint8Array;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  readonly revisions: ArrayLike<number>;
  /** The record at an index, read and checked as `scan` does. @returns `undefined` for one that is left out. @throws as `scan` */
  record(index: number): LedgerRecord | undefined;
}

/** All records that exist when the reading begins, or those of one feature. */
export type ReadTexts = (range?: { readonly feature?: string }) => AsyncIterable<RecordTexts>;

/**
 * Gives the `scan` of a store a second function, which reads texts. It is a property of `scan`, so that code that replaces `scan` replaces
 * both.
 */
export function withTexts<Scan extends object>(scan: Scan, texts: ReadTexts | undefined): Scan {
  return texts === undefined ? scan : Object.assign(scan, { texts });
}

/** `undefined` where the source has records only. */
export function textsOf({ scan }: { readonly scan: object }): ReadTexts | undefined {
  return 'texts' in scan && typeof scan.texts === 'function' ? (scan.texts as ReadTexts) : undefined;
}

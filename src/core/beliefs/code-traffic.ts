/**
 * What a request may be whose numbers have no code, because the process has just begun or the application does not know them: as
 * the requests whose numbers have one, in proportion. Only those where a plan starts count: what is difficult reaches more models.
 */
import type { CodedSegment } from '../ledger/number-code.ts';

/** A code, and the fraction of the requests that have it. */
export interface CodeShare {
  readonly code: CodedSegment;
  readonly share: number;
}

/** Requests of a model that is asked first, decayed with age. */
export interface CodeRequests {
  readonly code: CodedSegment;
  readonly requests: number;
}

/** Of a name without a code: those in the same rest of the name, or of the whole feature where there are none. Of one with a code, itself. */
export type SharesOf = (code: CodedSegment) => readonly CodeShare[];

export function codeShares(all: readonly CodeRequests[]): SharesOf {
  const coded = all.filter(({ code, requests }) => code.numbers.length > 0 && requests > 0);
  const known = new Map<string, readonly CodeShare[]>();
  return code => {
    if (code.numbers.length > 0) return [{ code, share: 1 }];
    let shares = known.get(code.base);
    if (shares === undefined) {
      const own = coded.filter(each => each.code.base === code.base);
      known.set(code.base, (shares = sharesAmong(own.length > 0 ? own : coded)));
    }
    return shares;
  };
}

/** Of each code once, whichever models were asked. */
function sharesAmong(all: readonly CodeRequests[]): readonly CodeShare[] {
  const total = all.reduce((sum, { requests }) => sum + requests, 0);
  const shares = new Map<string, CodeShare>();
  for (const { code, requests } of all) {
    const key = code.numbers.join();
    const before = shares.get(key)?.share ?? 0;
    shares.set(key, { code, share: before + requests / total });
  }
  return [...shares.values()];
}

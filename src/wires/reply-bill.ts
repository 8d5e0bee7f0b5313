/** What all wires read of a reply's bill in the same way. */
import type { ReplyFacts } from '../contracts/wire.ts';
import type { ServedTerms } from '../core/ledger/usage.ts';
import { stringField } from './json-fields.ts';

/** What a reply says of its bill. */
export type ReplyBill = Pick<ReplyFacts, 'usage' | 'calls' | 'unpriced' | 'statedCost' | 'tier' | 'speed' | 'region'>;

/** Names of counts that a vendor may bill. Rates, durations and costs have other endings. */
export const COUNTED = /(?:tokens|token_count|calls|requests|queries|searches|(?:audio|video)_seconds)$/i;

/** Bounds of what a reply can make the ledger keep. */
const MAX_NAMED = 20;
const MAX_PATH_CHARS = 100;
/** How deep a usage object is read. */
export const MAX_DEPTH = 8;

/** Names something that is billed, or may be, and is in no meter. @param path where it is in the reply: `usage.video_tokens` */
export function addUnpriced(unpriced: string[], path: string): void {
  const name = path.slice(0, MAX_PATH_CHARS);
  if (unpriced.length < MAX_NAMED && !unpriced.includes(name)) unpriced.push(name);
}

/** `not_available`: a model that is older than the choice of a region runs in any, at the same price. */
const STANDARD_TERMS: ReadonlySet<string | undefined> = new Set(['', 'standard', 'global', 'not_available']);

/** Anthropic's speed and region, which gateways pass on. An unknown value is kept as it is. */
export function speedAndRegion(usage: unknown): Pick<ServedTerms, 'speed' | 'region'> {
  return {
    speed: unlessStandard(stringField(usage, 'speed')),
    region: unlessStandard(stringField(usage, 'inference_geo')),
  };
}

function unlessStandard(term: string | undefined): string | undefined {
  return STANDARD_TERMS.has(term) ? undefined : term;
}

/** Checks the names of configured tiers, speeds and regions. Any name may be a provider's, so only likely mistakes are refused. */
import { TIER_OF_NAME } from '../core/ledger/usage.ts';
import { checkNames, RouterError } from '../errors.ts';
import { editDistance } from '../nearest-name.ts';

export const TERM_KINDS = ['tiers', 'speeds', 'regions'] as const;
export type TermKind = (typeof TERM_KINDS)[number];

interface KnownNames {
  readonly one: string;
  /** Names used by the vendors that we know. */
  readonly known: readonly string[];
  /** Names of the standard terms, whose price is the price itself. */
  readonly standard: readonly string[];
  /** Our name for a name in a reply; keys are the vendor's names in lower case. */
  readonly counted?: ReadonlyMap<string, string>;
}

const NAMES: Readonly<Record<TermKind, KnownNames>> = {
  tiers: { one: 'tier', known: ['batch', 'flex', 'priority'], standard: ['standard'], counted: TIER_OF_NAME },
  speeds: { one: 'speed', known: ['fast'], standard: ['standard'] },
  regions: { one: 'region', known: [], standard: ['global'] },
};

/** Options of a price, which would be mistaken for a tier if they were nested one level too deep. */
const OPTIONS = /^(as|discount|from|reported|longContext|tiers|speeds|regions|.*Usd(Per[MT].*)?)$/;

/** @throws RouterError `invalid-value` with the path of the name */
export function checkTermNames(kind: TermKind, given: unknown, path: string): void {
  const { one, known, standard, counted } = NAMES[kind];
  const names = Object.keys(given ?? {});
  checkNames(given, [...known, ...names], path);
  for (const name of names) {
    const ours = counted?.get(name.toLowerCase()) ?? name;
    const isTranslated = ours !== name && ours !== name.toLowerCase();
    const fault =
      name === ''
        ? `a ${one} needs a name`
        : standard.includes(ours)
          ? `"${name}" is what the price itself is for`
          : OPTIONS.test(name)
            ? `"${name}" is an option of the price, not the name of a ${one}`
            : isTranslated
              ? `a reply that names the ${one} "${name}" counts as "${ours}"`
              : known.some(each => isMisspelt(name, each))
                ? `no known ${one} is named "${name}"`
                : undefined;
    if (fault === undefined) continue;
    throw new RouterError('invalid-value', fault, {
      path: `${path}.${name}`,
      accepted: isTranslated && known.includes(ours) ? [ours] : known,
      given: name,
    });
  }
}

/** One wrong letter in four, or another case. */
function isMisspelt(name: string, known: string): boolean {
  return name !== known && editDistance(name.toLowerCase(), known) <= known.length / 4;
}

/** Units of a bill that count by the thousand or the million. */

const FACTORS: Readonly<Record<string, number>> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6 };

/**
 * The factor of a unit: 1,000 for `1K`, `1K tokens`, `1000 Tokens` and `1000_tokens`; 1 for any other text.
 */
export function unitFactor(unit: string | undefined): number {
  const found = /^\s*(?<count>[\d,.]+)?[ _]*(?<scale>k|m|thousand|million)?(?![a-z])/i.exec(unit ?? '')?.groups;
  if (found === undefined) return 1;
  const count = found['count'] === undefined ? 1 : Number(found['count'].replaceAll(',', ''));
  const factor = count * (FACTORS[found['scale']?.toLowerCase() ?? ''] ?? 1);
  return Number.isSafeInteger(factor) && factor > 0 ? factor : 1;
}

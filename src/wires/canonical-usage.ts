/** One form for equal usage, whatever the provider. */
import type { Usage } from '../core/usage.ts';

/** A usage under construction. */
export type UsageDraft = { -readonly [Key in keyof Usage]: Usage[Key] };

/** The same usage in its canonical form: input and output always, every other count only when there is one. */
export function withoutZeros(usage: Usage): Usage {
  const kept: UsageDraft = { input: usage.input ?? 0, output: usage.output ?? 0 };
  for (const [name, count] of Object.entries(usage)) if (count > 0) kept[name as keyof Usage] = count;
  return kept;
}

/**
 * A Stryker checker that lets a random sample of the mutants run and rejects the others, as if they did not compile, so that
 * they count nowhere. The same seed draws the same sample from the same code. tools/mutants.ts sets the variables read here.
 */
import { createHash } from 'node:crypto';

interface CheckedMutant {
  readonly id: string;
  readonly fileName: string;
  readonly replacement: string;
  readonly location: unknown;
}

const sample = {
  async init(): Promise<void> {},

  /** One group, so that the sample is drawn from all mutants at once. */
  async group(mutants: readonly CheckedMutant[]): Promise<readonly (readonly string[])[]> {
    return [mutants.map(({ id }) => id)];
  },

  async check(mutants: readonly CheckedMutant[]): Promise<Readonly<Record<string, object>>> {
    const size = Number(process.env['MUTANT_SAMPLE']);
    return Object.fromEntries(
      mutants
        .map(mutant => ({ id: mutant.id, key: orderKey(mutant) }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ id }, k) => [
          id,
          k < size ? { status: 'passed' } : { status: 'compileError', reason: 'not in the sample' },
        ]),
    );
  },
};

/**
 * A hash of the mutant's content: its number would change with every line before it, and the sample with it. Of the path, only
 * the part that every clone has.
 */
function orderKey({ fileName, location, replacement }: CheckedMutant): string {
  const seed = process.env['MUTANT_SEED'];
  const path = fileName.slice(fileName.lastIndexOf('/src/'));
  return createHash('sha256')
    .update(JSON.stringify([seed, path, location, replacement]))
    .digest('hex');
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', value: sample }];

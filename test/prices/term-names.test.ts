import { describe, expect, test } from 'vitest';
import type { TermKind } from '../../src/prices/term-names.ts';
import { checkTermNames } from '../../src/prices/term-names.ts';
import { refusal } from '../support/refusal.ts';

const check = (kind: TermKind, given: unknown): void => checkTermNames(kind, given, `price.${kind}`);
const refusedNames = (kind: TermKind, name: string) => refusal(() => check(kind, { [name]: 2 }));

describe('names of tiers, speeds and regions', () => {
  test('every name that a provider may have is accepted', () => {
    check('tiers', { batch: 1, flex: 1, priority: 1, scale: 1, ultrafast: 1, performance: 1 });
    check('speeds', { fast: 1, turbo: 1, flash: 1 });
    check('regions', { us: 1, eu: 1, 'us-east-1': 1 });
  });

  test.each<[TermKind, string, string]>([
    ['tiers', 'prioritty', 'priority'],
    ['tiers', 'Priority', 'priority'],
    ['tiers', 'prority', 'priority'],
    ['tiers', 'flx', 'flex'],
    ['tiers', 'batsh', 'batch'],
    ['speeds', 'FAST', 'fast'],
    ['speeds', 'fasst', 'fast'],
  ])('of the %s, "%s" is refused with the suggestion "%s"', (kind, name, meant) => {
    const error = refusedNames(kind, name);
    expect(error).toMatchObject({ code: 'invalid-value', path: `price.${kind}.${name}` });
    expect(error.message).toContain(`did you mean "${meant}"?`);
  });

  test('a tier, a speed or a region without a name is refused', () => {
    for (const kind of ['tiers', 'speeds', 'regions'] as const)
      expect(refusedNames(kind, '').message).toContain('needs a name');
  });

  test('the name of the standard terms is refused, because the price itself is for them', () => {
    const names: readonly [TermKind, string][] = [
      ['tiers', 'standard'],
      ['tiers', 'default'],
      ['tiers', 'auto'],
      ['tiers', 'on_demand'],
      ['tiers', 'Default'],
      ['speeds', 'standard'],
      ['regions', 'global'],
    ];
    for (const [kind, name] of names)
      expect(refusedNames(kind, name).message).toContain(`"${name}" is what the price itself is for`);
  });

  test.each([
    ['fast', 'priority'],
    ['FAST', 'priority'],
    ['on_demand_flex', 'flex'],
    ['ON_DEMAND_PRIORITY', 'priority'],
  ])('the tier "%s" is refused, because replies that name it count as "%s"', (name, counted) => {
    const error = refusedNames('tiers', name);
    expect(error).toMatchObject({ code: 'invalid-value', path: `price.tiers.${name}`, accepted: [counted] });
    expect(error.message).toContain(`a reply that names the tier "${name}" counts as "${counted}"`);
  });

  test('an option of the price is refused as a term name, because it is one level too deep', () => {
    for (const name of ['discount', 'longContext', 'regions', 'inputUsdPerMillion', 'perRequestUsd', 'as', 'from'])
      expect(refusedNames('tiers', name).message).toContain(
        `"${name}" is an option of the price, not the name of a tier`,
      );
  });

  test('term names are refused if they are not the properties of an object', () => {
    for (const given of [null, 0.5, 'flex', ['flex'], new Map([['flex', 0.5]]), Promise.resolve({})])
      expect(refusal(() => check('tiers', given))).toMatchObject({ code: 'invalid-value', path: 'price.tiers' });
  });
});

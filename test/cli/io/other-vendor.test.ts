import { expect, test } from 'vitest';
import { otherThan } from '../../../src/cli/io/other-vendor.ts';
import type { AttemptCharge } from '../../../src/exports/focus/charges.ts';

const charge = (model: string) => ({ attempt: { model, providerModel: model } }) as AttemptCharge;
/** Each vendor has a model of its own name. */
const of = (named: string | undefined, vendors: readonly string[] = []) => {
  const isOther = otherThan(named, model => model);
  return ['openai', 'anthropic', 'azure', 'gateway.example.com', 'other'].filter(each =>
    isOther(charge(each), new Set(vendors)),
  );
};

test('charges of all vendors but the named one count as another vendor’s, except those with an unknown vendor', () => {
  expect(of('OpenAI')).toEqual(['anthropic', 'azure', 'gateway.example.com']);
  expect(of('anthropic', ['openai'])).toEqual(['openai', 'azure', 'gateway.example.com']);
});

test('without a named vendor the bill’s own format decides whose charges they are, unless a gateway may be in between', () => {
  expect(of(undefined, ['openai', 'azure'])).toEqual(['anthropic']);
  expect(of(undefined)).toEqual([]);
});

test('a misspelled vendor is refused with what would be accepted', () => {
  expect(() => of('opnai')).toThrow(/"opnai" is not a vendor/);
  expect(() => of('opnai')).toThrow(/openai, anthropic/);
});

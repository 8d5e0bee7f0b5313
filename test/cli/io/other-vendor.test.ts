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

test('the charges of every other vendor than the named one are of another vendor, unless theirs is not known', () => {
  expect(of('OpenAI')).toEqual(['anthropic', 'azure', 'gateway.example.com']);
  expect(of('anthropic', ['openai'])).toEqual(['openai', 'azure', 'gateway.example.com']);
});

test('without a named one it is the bill’s own format that says whose they are, where a gateway may be in between', () => {
  expect(of(undefined, ['openai', 'azure'])).toEqual(['anthropic']);
  expect(of(undefined)).toEqual([]);
});

test('a misspelt vendor is refused with what would be accepted', () => {
  expect(() => of('opnai')).toThrow(/"opnai" is no vendor/);
  expect(() => of('opnai')).toThrow(/openai, anthropic/);
});

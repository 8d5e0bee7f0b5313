/** The package that the book comes from is the second implementation: it gives the same provider and the same model for every name. */
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { ADDRESSES, PROVIDERS } from '../../src/prices/book-data.ts';
import type { MatchLogic } from '../../src/prices/book-providers.ts';
import { bookProvider, matchingModel, providerServing } from '../../src/prices/book-providers.ts';

const IDS = Object.keys(PROVIDERS);

function literals(match: MatchLogic): readonly string[] {
  if ('or' in match) return match.or.flatMap(literals);
  if ('and' in match) return match.and.flatMap(literals);
  return Object.values(match) as readonly string[];
}

const ALL_NAMES = new Set(
  IDS.flatMap(id => bookProvider(id)?.models ?? []).flatMap(({ id, match }) => [id, ...literals(match)]),
);

test.each(IDS)('every model name in the book means the same model of %s as in the package', providerId => {
  const provider = bookProvider(providerId);
  const other = [...ALL_NAMES].filter(name => {
    const reference = calcPrice({}, name, { providerId, timestamp: new Date(0) })?.model;
    const found = provider && matchingModel(provider, name);
    return found?.id !== reference?.id || JSON.stringify(found?.prices) !== JSON.stringify(reference?.prices);
  });
  expect(other).toEqual([]);
  expect(ALL_NAMES.size).toBeGreaterThan(1_000);
});

test('a snapshot is the same model with and without dashes in its date, as the package says', () => {
  const anthropic = bookProvider('anthropic');
  const names = ['claude-3-5-sonnet-20240620', 'claude-sonnet-4-20250514', 'claude-opus-4-20250631', 'gpt-5-20250807'];
  const openai = bookProvider('openai');
  for (const [provider, id] of [
    [anthropic, 'anthropic'],
    [openai, 'openai'],
  ] as const)
    for (const name of [...names, ' GPT-4o-20240513', 'gpt-4o-2024-05-13', 'no-such-model', ''])
      expect([name, provider && matchingModel(provider, name)?.id]).toEqual([
        name,
        calcPrice({}, name, { providerId: id, timestamp: new Date(0) })?.model.id,
      ]);
});

test('an address belongs to the provider that the package names', () => {
  const addresses = [
    ...Object.values(ADDRESSES).map(
      pattern => `${pattern.replaceAll(/\\(.)/g, '$1').replaceAll(/[()|?]|\.\*/g, '')}/v1`,
    ),
    'https://api.openai.com/v1',
    'https://eu.api.openai.com/v1',
    'https://mine.openai.azure.com/openai',
    'https://generativelanguage.googleapis.com/v1beta',
    'http://localhost:8080',
    '',
  ];
  for (const providerApiUrl of addresses)
    expect([providerApiUrl, providerServing(providerApiUrl)]).toEqual([
      providerApiUrl,
      providerApiUrl === '' ? undefined : findProvider({ providerApiUrl })?.id,
    ]);
});

test('an id is found in any case, but a merely similar name is not', () => {
  expect(bookProvider('OpenAI')?.id).toBe('openai');
  for (const name of ['my-openai-gateway', 'litellm', 'constructor', '__proto__', ''])
    expect(bookProvider(name)).toBeUndefined();
});

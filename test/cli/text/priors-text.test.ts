import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { renderPriors } from '../../../src/cli/text/priors-text.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import { tablePriors } from '../../../src/replay/table/table-priors.ts';

const rows = (feature: string, models: readonly string[], context?: string) =>
  models.flatMap((model, k) =>
    Array.from({ length: 40 }, (_, i) => ({
      id: `${feature}/${context ?? ''}/${i}`,
      feature,
      model,
      success: i < 10 - 10 * k ? 0 : 1,
      costUsd: 0.01,
      ...(context === undefined ? {} : { context }),
    })),
  );

function textOf(models: readonly string[], ...made: readonly (readonly ReturnType<typeof rows>[number][])[]): string {
  return renderPriors({
    table: 'outcomes.csv',
    badRows: 0,
    models,
    features: tablePriors(outcomeTable(made.flat()), models),
  });
}

/** What TypeScript would read: the property of an object. */
const read = (text: string): unknown => JSON.parse(JSON.stringify(runInNewContext(`({ ${text}\n})`)));

test('the text is a part of a configuration, with the counts and intervals beside it', () => {
  const text = textOf(['mini', 'premium'], rows('support.reply', ['mini', 'premium']));
  expect(read(text)).toEqual({
    features: {
      'support.reply': {
        prior: { mini: { success: 0.738, strength: 10 }, premium: { success: 0.976, strength: 10 } },
      },
    },
  });
  expect(text).toContain('mini: { success: 0.738, strength: 10 }, // 75.0 % (59.8–85.8) of 40');
  expect(text.split('\n')[0]).toBe('// From outcomes.csv: 40 requests, models mini, premium.');
});

test('segments and warnings are comments', () => {
  const models = ['mini', 'premium'];
  const text = textOf(models, rows('f', models, 'tier=a'), rows('f', ['mini'], 'tier=b'), rows('f', models, 'tier=c'));
  expect(text).toContain('// In tier=a: mini 75.0 % (59.8–85.8) of 40; premium 100 %');
  expect(text).toContain('// Warning: Only 80 of 120 requests were answered by all models: the others do not count.');
  expect(() => read(text)).not.toThrow();
});

test('a model without an outcome is left out, and no name from the file can leave its comment or property', () => {
  const evil = 'x"}, // \u2028\n*/ process.exit(1)';
  const text = textOf([evil, 'never'], rows(evil, [evil]), rows('other', ['never']));
  expect(text).not.toContain('\n*/');
  expect(Object.keys((read(text) as { features: object }).features)).toHaveLength(2);
  expect(read(text)).toMatchObject({ features: { other: { prior: { never: { strength: 4 } } } } });
});

test.each(['__proto__', 'a\u202eb', 'flag 🏴\u{e0067}', 'a"b\\c', 'a\u2028b', 'plain', '2nd'])(
  'the property of %j has exactly that name, and no character of it moves the cursor',
  name => {
    const text = textOf([name], rows(name, [name]));
    expect(text).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    const { features } = runInNewContext(`({ ${text}\n})`) as { features: Record<string, { prior: object }> };
    expect(Object.keys(features)).toEqual([name]);
    expect(Object.keys(features[name]?.prior ?? {})).toEqual([name]);
  },
);

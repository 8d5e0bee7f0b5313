/** docs/options.md has every option of the configuration, policy and method, and its examples are accepted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Shape } from '../src/config/shape.ts';
import { issuesOf } from '../src/config/shape.ts';
import { modelSchema } from '../src/config/model-schema.ts';
import { routerSchema } from '../src/config/schema.ts';
import * as policies from '../src/public/policies.ts';
import { createRouter } from '../src/create-router.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { ROOT } from '../tools/sources.ts';

const PAGE = readFileSync(join(ROOT, 'docs/options.md'), 'utf8');

interface Member {
  readonly isOptional: boolean;
  readonly shape: Shape;
}

/** The members of an object and of the objects in it, by path: `silence.after`. Members whose name the application chooses are left out. */
function membersOf(shape: Shape, path = ''): ReadonlyMap<string, Member> {
  switch (shape.kind) {
    case 'optional':
    case 'joint':
      return membersOf(shape.shape, path);
    case 'rule':
      return shape.within === undefined ? new Map() : membersOf(shape.within, path);
    case 'record':
      return membersOf(shape.value, path);
    case 'list':
      return membersOf(shape.item, path);
    case 'either':
      return new Map(shape.shapes.flatMap(each => [...membersOf(each, path)]));
    case 'object':
      return new Map(
        Object.entries(shape.members).flatMap(([name, member]): (readonly [string, Member])[] => [
          [`${path}${name}`, { isOptional: member.kind === 'optional', shape: member }],
          ...membersOf(member, `${path}${name}.`),
        ]),
      );
  }
}

const all = membersOf(routerSchema);
const isOf = (prefix: string) => (name: string) => name.startsWith(prefix);
const OPTIONS: Readonly<Record<string, ReadonlyMap<string, Member>>> = {
  router: new Map([...all].filter(([name]) => !isOf('models.')(name) && !isOf('features.')(name))),
  model: membersOf(modelSchema),
  feature: new Map(
    [...all]
      .filter(([name]) => isOf('features.')(name))
      .map(([name, member]) => [name.slice('features.'.length), member]),
  ),
};

const between = (start: string, end: string): string =>
  PAGE.slice(PAGE.indexOf(`<!-- ${start} -->`), PAGE.indexOf(`<!-- ${end} -->`, PAGE.indexOf(`<!-- ${start} -->`)));

function rowsOf(name: string): readonly (readonly string[])[] {
  const table = between(`options: ${name}`, 'end of options');
  return [...table.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) => row.split(' | ').map(cell => cell.trim()));
}

describe.each(Object.entries(OPTIONS))('the page on options, %s', (name, members) => {
  const rows = rowsOf(name);

  test('the page names every option of the configuration, and no other', () => {
    expect(members.size).toBeGreaterThan(10);
    expect(rows.map(([option = '']) => option.slice(1, -1)).toSorted((a, b) => a.localeCompare(b))).toEqual(
      [...members.keys()].toSorted((a, b) => a.localeCompare(b)),
    );
  });

  test.each(rows)('the row of %s has a type, a default and an example that is accepted', (option, ...cells) => {
    const [says, type, standard, example = ''] = cells;
    const path = option.slice(1, -1);
    const { isOptional, shape } = members.get(path) as Member;
    expect([says, type, standard]).not.toContain('');
    expect(standard === 'required').toBe(!isOptional);
    const own = path.slice(path.lastIndexOf('.') + 1);
    const make = runInThisContext(`(({ sqlite, fixed, thompson }) => ({ ${example.slice(1, -1)} }))`) as (
      names: object,
    ) => Readonly<Record<string, unknown>>;
    const value = make({ sqlite, ...policies });
    expect(Object.keys(value)).toEqual([own]);
    expect(issuesOf(shape, value[own])).toEqual([]);
  });
});

test('the page on options names every policy', () => {
  const named = [...between('policies', 'end of policies').matchAll(/^\| `(\w+)\(/gm)].map(([, name = '']) => name);
  const known = Object.keys(policies).filter(name => name !== 'numbers');
  expect(named.toSorted((a, b) => a.localeCompare(b))).toEqual(known.toSorted((a, b) => a.localeCompare(b)));
});

test('the page on options names every method of a router, a feature and an intent', async () => {
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
    features: { chat: { candidates: ['mini'], failureCostUsd: 1 } },
  });
  const feature = router.feature('chat');
  const table = between('methods', 'end of methods');
  for (const [of, handle] of Object.entries({ router, feature, intent: feature.intent() })) {
    const [, methods = ''] = new RegExp(`^\\| \`${of}\` \\| (.*) \\|$`, 'm').exec(table) ?? [];
    const named = [...methods.matchAll(/`(\w+)/g)].map(([, name = '']) => name);
    expect(named.toSorted((a, b) => a.localeCompare(b))).toEqual(
      Object.keys(handle).toSorted((a, b) => a.localeCompare(b)),
    );
  }
  await router.close();
});

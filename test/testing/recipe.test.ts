/** The recipes for testing an application, from the documentation: they are run, and their comments are checked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tools/sources.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

/** The first `ts` block in the file after this line. */
function blockAfter(file: string, line: string): string {
  const text = readFileSync(join(ROOT, file), 'utf8').replaceAll(/^ \* ?/gm, '');
  const block = /```ts\n([\s\S]*?)```/.exec(text.slice(text.indexOf(line)))?.[1];
  if (block === undefined) throw new Error(`${file} has no block after ${line}`);
  return block;
}

/** An expression that is alone on its line, the value in its comment, and its actual value. */
type Shown = readonly [expression: string, comment: string, value: unknown];

/** Runs a recipe, then what is appended, on the source of this repository. */
async function run(name: string, recipe: string, appended = ''): Promise<readonly Shown[]> {
  const runnable = [...recipe.trimEnd().split('\n'), ...appended.split('\n')].map(line => {
    const [, expression = '', comment = ''] = /^([^;=]+); \/\/ (.*)$/.exec(line) ?? [];
    if (expression === '' || /\.(advance|labelSilentIntents)\(/.test(expression)) return line;
    return `shown.push([${JSON.stringify(expression)}, ${JSON.stringify(comment)}, ${expression}]);`;
  });
  const path = join(folder, `${name}.ts`);
  const given = "export const shown = []; const messages = [{ role: 'user', content: 'Where is my parcel?' }];";
  writeFileSync(
    path,
    [given, ...runnable]
      .join('\n')
      .replaceAll("from 'outcome-router/testing'", `from ${JSON.stringify(join(ROOT, 'src/public/testing.ts'))}`)
      .replaceAll("from 'openai'", `from ${JSON.stringify(join(ROOT, 'node_modules/openai/index.mjs'))}`),
  );
  return ((await import(path)) as { readonly shown: readonly Shown[] }).shown;
}

test('the recipe of the guide runs, and gives the values in its comments', async () => {
  const recipe = blockAfter('docs/getting-started.md', '## 7. Test your application');
  const shown = await run(
    'guide',
    recipe,
    'provider.queuedReplies; // 0\nrouter.receipt(reply).costUsd; // the ledger',
  );
  const { 'router.receipt(reply).costUsd': costUsd, ...values } = Object.fromEntries(
    shown.map(([expression, , value]) => [expression, value]),
  );
  expect(values).toEqual({
    'reply.choices[0]?.message.content': 'Your parcel arrives on Monday.',
    'runtime.slept': [expect.toSatisfy(Number.isSafeInteger)],
    'provider.bill().totalNanoUsd': BigInt(Math.round(Number(costUsd) * 1e9)),
    '(await router.report()).features[0]?.successes': 1,
    'provider.queuedReplies': 0,
  });
  expect(shown.map(([, comment]) => comment)).toEqual(
    expect.arrayContaining([expect.stringContaining("'Your parcel arrives on Monday.'"), '1']),
  );
});

test('the recipe of `createTestRouter` runs, and gives the values in its comments', async () => {
  const shown = await run('router', blockAfter('src/testing/test-router.ts', '@example'));
  expect(shown).toEqual([['(await router.report()).features[0]?.successes', '1', 1]]);
});

test('the recipe of a provider that fails runs, and gives the values in its comments', async () => {
  const shown = await run('fails', blockAfter('docs/testing.md', '# Test your application'));
  expect(shown.map(([expression, comment, value]) => [expression, comment.replace(/:.*/, ''), value])).toEqual([
    ['reply.model', "'gpt-5'", 'gpt-5'],
    ['provider.requests().at(-1)?.status', '200', 200],
    ["provider.bill().byModel['gpt-5-mini']", 'undefined', undefined],
  ]);
});

import { describe, expect, test } from 'vitest';
import { sitesIn } from '../../../../src/cli/io/codemod/call-sites.ts';
import { parseSource } from '../../../../src/cli/io/codemod/syntax.ts';

const IMPORT = "import OpenAI, { AzureOpenAI } from 'openai';\n";
const statesOf = async (text: string): Promise<readonly unknown[]> =>
  sitesIn(await parseSource('a.ts', IMPORT + text)).clients.map(({ state }) =>
    typeof state === 'string' ? state : state.skipped,
  );

describe('clients', () => {
  test.each([
    'export const client = new OpenAI();',
    'const client: OpenAI = new OpenAI({ apiKey: "k" })',
    'const client = new OpenAI;',
    'class A { readonly client = new OpenAI(); }',
    'function f(client = new OpenAI()) {}',
    'const f = () => new OpenAI() as unknown;',
    'await new OpenAI().models.list();',
    'let client; client ??= new OpenAI();',
    'new OpenAI.OpenAI();',
    'unwrap(new OpenAI());',
  ])('a client is found: %s', async text => expect(await statesOf(text)).toEqual(['open']));

  test.each([
    'const client = router.wrap(new OpenAI());',
    'this.router.wrap(new OpenAI());',
    'const client = new OpenAI(); const routed = router.wrap(client);',
    'let client; client = new OpenAI(); export const routed = router.wrap(client);',
  ])('a wrapped client is recognized: %s', async text => expect(await statesOf(text)).toEqual(['wrapped']));

  test.each([
    ['new AzureOpenAI({})', 'its addresses name a deployment'],
    ['function f(OpenAI) { return new OpenAI(); }', 'declared more than once'],
    ['{ const { a: [OpenAI = 1] } = b; new OpenAI(); }', 'declared more than once'],
    ['try {} catch (OpenAI) { new OpenAI(); }', 'declared more than once'],
    ['{ class OpenAI {} new OpenAI(); }', 'declared more than once'],
  ])('a client that cannot be wrapped is reported with the reason: %s', async (text, why) => {
    expect(await statesOf(text)).toEqual([expect.stringContaining(why)]);
  });

  test.each([
    ["const sdk = async () => new (await import('openai')).OpenAI();", 'loaded inside other code'],
    ["const { OpenAI: Late } = await import('openai'); new Late();", 'loaded inside other code'],
    ["function f() { const Late = require('openai'); return new Late(); }", 'loaded inside other code'],
    ["const client = new (require('openai'))();", 'loaded inside other code'],
    ['class Mine extends OpenAI {} new Mine();', 'extends it'],
    ['const Mine = class extends OpenAI.OpenAI {};', 'extends it'],
  ])(
    'a client that `init` cannot follow is reported, because its calls would bypass the router: %s',
    async (text, why) => {
      expect(await statesOf(text)).toEqual([expect.stringContaining(why)]);
    },
  );

  test.each([
    "const { APIError } = require('openai');",
    "const { Page } = require('openai').OpenAI;",
    "import('other');",
  ])('an expression that creates no client is not reported: %s', async text =>
    expect(await statesOf(text)).toEqual([]),
  );

  test('a client in browser code stays as it is', async () => {
    const text = `'use client';\n${IMPORT}new OpenAI();`;
    expect(sitesIn(await parseSource('a.tsx', text)).clients).toMatchObject([
      { state: { skipped: 'it runs in the browser, where no ledger can be kept' } },
    ]);
  });

  test('a client that is created in the statement that loads its SDK stays as it is', async () => {
    const text = "const OpenAI = require('openai'), client = new OpenAI();";
    expect(sitesIn(await parseSource('a.js', text)).clients).toMatchObject([
      { state: { skipped: expect.any(String) } },
    ]);
  });

  test.each([
    'new Other();',
    'new other.OpenAI();',
    'OpenAI();',
    'new OpenAI.Page();',
    'new (OpenAI as Type)();',
    'type A = typeof OpenAI;',
    'new OpenAI["OpenAI"]();',
  ])('an expression that only resembles a client is not one: %s', async text =>
    expect(await statesOf(text)).toEqual([]),
  );
});

test('the models that calls name are found', async () => {
  const { modelNames } = sitesIn(
    await parseSource(
      'a.ts',
      `${IMPORT}c.chat.completions.create({ model: 'gpt-5', messages }); c.responses.stream({ 'model': "gpt-5-mini" });
       c.create({ model }); c.create('gpt-5'); c.list({ model: 'gpt-5' }); create({ model: 'gpt-5' });`,
    ),
  );
  expect(modelNames.map(node => node['value'])).toEqual(['gpt-5', 'gpt-5-mini']);
});

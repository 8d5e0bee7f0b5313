import { expect, test } from 'vitest';
import { isClassOf, requiredModule, sdkNames } from '../../../../src/cli/io/codemod/sdk-imports.ts';
import { child, children, parseSource } from '../../../../src/cli/io/codemod/syntax.ts';

const namesOf = async (text: string, file = 'a.ts'): Promise<object> =>
  Object.fromEntries(
    [...sdkNames(await parseSource(file, text))].map(([name, { sdk, kind }]) => [name, `${sdk} ${kind}`]),
  );

test.each([
  ["import OpenAI from 'openai'", { OpenAI: 'openai class' }],
  ["import Client, { type ClientOptions, toFile } from 'openai'", { Client: 'openai class' }],
  [
    "import { OpenAI as Client, AzureOpenAI } from 'openai'",
    { Client: 'openai class', AzureOpenAI: 'openai unsupported' },
  ],
  ["import { default as A } from '@anthropic-ai/sdk'", { A: 'anthropic class' }],
  ['import * as sdk from "@anthropic-ai/sdk"', { sdk: 'anthropic module' }],
  ["import OpenAI = require('openai')", { OpenAI: 'openai both' }],
  ["const OpenAI = require('openai')", { OpenAI: 'openai both' }],
  ["const OpenAI = require('openai').default", { OpenAI: 'openai class' }],
  [
    "const { OpenAI } = require('openai'), { Anthropic: A } = require('@anthropic-ai/sdk')",
    { OpenAI: 'openai class', A: 'anthropic class' },
  ],
])('names of an SDK are found: %s', async (text, expected) => expect(await namesOf(text)).toEqual(expected));

test.each([
  "import type OpenAI from 'openai'",
  "import { type OpenAI } from 'openai'",
  "import { OpenAI } from './openai'",
  "import OpenAI from 'openai/client'",
  "import { APIError, toFile } from 'openai'",
  "import 'openai'",
  "function f() { const OpenAI = require('openai'); }",
  'const OpenAI = require(name)',
  "const OpenAI = load('openai')",
  "const { APIError } = require('openai')",
  "const { OpenAI } = require('openai').x",
  "import type OpenAI = require('openai')",
])('a type, another module and a name inside a function are not names of an SDK: %s', async text =>
  expect(await namesOf(text)).toEqual({}),
);

test('the class of a module is exported under its own name or as the default', () => {
  expect(['OpenAI', 'default', 'Anthropic', undefined].map(name => isClassOf('openai', name))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('only a call of require with a string literal names a module', async () => {
  const moduleOf = async (text: string) =>
    requiredModule(child(children(await parseSource('a.js', text), 'body')[0], 'expression'));
  expect(await Promise.all(["require('a')", "x.require('a')", 'require(a)', 'require()'].map(moduleOf))).toEqual([
    'a',
    undefined,
    undefined,
    undefined,
  ]);
});

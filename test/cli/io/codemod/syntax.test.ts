import { describe, expect, test } from 'vitest';
import { child, children, nameOf, nodesIn, parseSource, SOURCE_FILE } from '../../../../src/cli/io/codemod/syntax.ts';

describe('languages', () => {
  test.each([
    ['a.ts', 'enum E { A } namespace N { export const a = 1 } const b = <string>c; export = N;'],
    [
      'a.ts',
      'class A { constructor(private readonly a: B, @Inject() b: C) {} } const f = async <T>(x: T) => x satisfies T;',
    ],
    ['a.mts', 'await using file = open(); export type { A } from "./b.ts";'],
    ['a.cts', "import sdk = require('openai'); import type X = require('x');"],
    ['a.tsx', 'const f = <T,>(x: T) => <div title={x as string}>{x!}</div>;'],
    ['a.js', "#!/usr/bin/env node\n'use strict';\nconst a = <b>c</b>; return;"],
    ['a.jsx', 'export default () => <></>;'],
    ['a.mjs', 'const a = await b; export { a };'],
    ['a.cjs', 'with (a) b; module.exports = 1;'],
    ['a.js', 'const r = a < b > (c);'],
  ])('a file is parsed in the language that its name implies: %s', async (file, text) => {
    expect((await parseSource(file, text)).type).toBe('Program');
  });

  test.each([
    ['a.ts', 'const a = ;'],
    ['a.js', 'const a: string = 1;'],
    ['a.ts', '<div></div>'],
  ])('invalid text is a SyntaxError: %s', async (file, text) => {
    await expect(parseSource(file, text)).rejects.toBeInstanceOf(SyntaxError);
  });

  test('declaration files and files of other types are not source files', () => {
    expect(['a.ts', 'a.tsx', 'a.mjs', 'a.cjs', 'a.jsx', 'a.cts'].filter(file => SOURCE_FILE.test(file))).toHaveLength(
      6,
    );
    expect(['a.d.ts', 'a.d.mts', 'a.json', 'a.vue', 'ts', 'a.tsv'].filter(file => SOURCE_FILE.test(file))).toEqual([]);
  });
});

test('every node comes after its parent, in the order of the text, and comments are not nodes', async () => {
  const program = await parseSource('a.ts', '/* first */ a(b, [c]); // last');
  const nodes = [...nodesIn(program)];
  expect(nodes.map(({ node }) => nameOf(node) ?? node.type)).toEqual([
    'Program',
    'ExpressionStatement',
    'CallExpression',
    'a',
    'b',
    'ArrayExpression',
    'c',
  ]);
  expect(nodes.every(({ parent, node }) => parent === undefined || parent.start <= node.start)).toBe(true);
});

test('a property is returned only if it is a node of the requested type', async () => {
  const [statement] = children(await parseSource('a.ts', "'b'; a;"), 'body');
  expect(child(statement, 'expression', 'Identifier')?.type).toBe('Identifier');
  expect(child(statement, 'expression', 'StringLiteral')).toBeUndefined();
  expect(child(statement, 'start')).toBeUndefined();
  expect([child(undefined, 'a'), children(undefined, 'a'), children(statement, 'expression')]).toEqual([
    undefined,
    [],
    [],
  ]);
});

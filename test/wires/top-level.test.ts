import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { topLevelMembers } from '../../src/wires/top-level.ts';

/** The members must be those of the parsed object, in the same order, each with the text of its value. */
function expectMembers(text: string): void {
  const parsed = JSON.parse(text) as Record<string, unknown>;
  const members = topLevelMembers(text, { conversation: 'messages' }) ?? [];
  const found = members.map(({ key, valueStart, end }) => [
    JSON.parse(`"${key}"`),
    JSON.parse(text.slice(valueStart, end)),
  ]);
  expect(found).toEqual(Object.entries(parsed));
  for (const { valueStart, end } of members)
    expect(text.slice(valueStart, end)).toBe(text.slice(valueStart, end).trim());
}

const nasty = fc.constantFrom(
  '],"',
  '"role":"user"',
  '\\',
  '\\\\"',
  '"}]',
  '{"model":"feature:x"}',
  'é',
  '😀',
  '\u0000',
  ' \n',
  '"',
  '],"messages":[{"role":',
);
const string = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.array(nasty, { maxLength: 6 }).map(parts => parts.join('')),
  // Longer than every window.
  fc.tuple(nasty, fc.constantFrom(40, 300, 700)).map(([part, times]) => part.repeat(times)),
);
const json = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    string,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('role', 'content', 'model', 'type', 'a"b', 'x'), tie('value'), { maxKeys: 4 }),
  ),
}));
const key = fc.constantFrom(
  'model',
  'messages',
  'input',
  'tools',
  'stream',
  'temperature',
  'stop',
  'k\\',
  'q"q',
  'long',
);
const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'tool'), content: json.value });
/** The APIs take messages only in their conversation. */
const holdsMessages = (value: unknown): boolean =>
  Array.isArray(value) && value.some(element => typeof element === 'object' && element !== null && 'role' in element);
const body = fc
  .uniqueArray(
    fc.oneof(
      fc.tuple(key, json.value).filter(([name, value]) => name === 'messages' || !holdsMessages(value)),
      fc.tuple(fc.constant('messages'), fc.array(message, { maxLength: 30 })),
      fc
        .tuple(fc.constant('tools'), fc.array(json.value, { maxLength: 30 }))
        .filter(([, value]) => !holdsMessages(value)),
    ),
    { selector: ([name]) => name, maxLength: 8 },
  )
  .map(entries => Object.fromEntries(entries) as Record<string, unknown>);

describe('topLevelMembers', () => {
  test('the members are exactly those that JSON.parse finds, at any size and nesting', () => {
    fc.assert(
      fc.property(body, value => expectMembers(JSON.stringify(value))),
      { numRuns: 1500 },
    );
  });

  test('white space between the tokens does not change the members', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(1, '\t', '\r\n  '), (value, space) => {
        expectMembers(` ${JSON.stringify(value, null, space)}\n`);
      }),
      { numRuns: 500 },
    );
  });

  test('text that is not JSON never throws and never hangs', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.nat(), (value, from, to) => {
        const text = JSON.stringify(value);
        const [a, b] = [from % (text.length + 1), to % (text.length + 1)];
        topLevelMembers(text.slice(Math.min(a, b), Math.max(a, b)), { conversation: 'messages' });
        topLevelMembers(text.slice(0, a) + text.slice(b), { conversation: 'messages' });
      }),
      { numRuns: 1000 },
    );
  });

  test('every member is found once, wherever the tail window begins', () => {
    for (let length = 900; length < 1100; length++) {
      for (const space of [undefined, 2]) {
        const tools = [{ name: 'f', parameters: { required: ['a'], text: 'y'.repeat(length) } }];
        expectMembers(
          JSON.stringify(
            { model: 'm', messages: [[1], 'x'.repeat(3000), [2]], n: 1, tools, stream: true },
            null,
            space,
          ),
        );
      }
    }
  });

  const historyOf = (turns: number) =>
    Array.from({ length: turns }, (_, i) => ({ role: 'user', content: `${100 + (i % 100)} ${'word '.repeat(60)}` }));
  test.each<[string, (turns: number) => Record<string, unknown>]>([
    ['a conversation of messages', turns => ({ model: 'm', messages: historyOf(turns), stream: true })],
    ['a conversation at the end', turns => ({ model: 'm', stream: true, messages: historyOf(turns) })],
    [
      'a conversation between other members',
      turns => ({ model: 'm', messages: historyOf(turns), tools: [{ name: 'f' }], stop: ['a', 'b'], n: 1 }),
    ],
    ['a list of numbers', turns => ({ model: 'm', input: Array.from({ length: 40 * turns }, (_, i) => i % 7), n: 1 })],
    ['a list of lists', turns => ({ model: 'm', input: Array.from({ length: 40 * turns }, () => [1, 2]), n: 1 })],
  ])('the middle of %s is not read: in a longer body, no more characters are read', (_, bodyOf) => {
    const readIn = (text: string): number => {
      const charCodeAt = vi.spyOn(String.prototype, 'charCodeAt');
      topLevelMembers(text, { conversation: 'messages' });
      const { length } = charCodeAt.mock.calls;
      charCodeAt.mockRestore();
      return length;
    };
    expect(readIn(JSON.stringify(bodyOf(200)))).toBeLessThanOrEqual(readIn(JSON.stringify(bodyOf(100))) + 8);
    expect(readIn(JSON.stringify(bodyOf(200)))).toBeLessThan(4000);
  });

  const filler = 'x'.repeat(2000);
  const history = historyOf(40);
  const tools = Array.from({ length: 40 }, (_, i) => ({
    name: `f${i}`,
    input_schema: { required: ['a'], type: 'object' },
  }));
  test.each<[string, Record<string, unknown>]>([
    ['a member between two values longer than the windows', { messages: history, previous_response_id: 'r', tools }],
    ['a member between tools and messages', { tools, stream: true, messages: history }],
    [
      'tools whose last description is longer than the window',
      { messages: history, stream: true, tools: [{ description: filler }] },
    ],
    [
      'a last message longer than the window',
      { messages: [...history, { role: 'user', content: filler }], stream: true },
    ],
    [
      'a last message whose role comes last',
      { messages: [...history, { content: filler, role: 'user' }], stream: true },
    ],
    [
      'an object in the middle that looks like the top level',
      {
        messages: [{ role: 'user', content: { a: [1], messages: [{ role: 'user' }], model: 'no' } }, ...history],
        n: 1,
      },
    ],
    [
      'an object longer than the windows that ends in elements with a role',
      { model: 'm', text: { a: history, b: { role: 1 } }, z: 1, y: { a: { role: filler } } },
    ],
  ])('the members are found in a body with %s', (_, value) => {
    expectMembers(JSON.stringify(value));
    expectMembers(JSON.stringify(value, null, 2));
  });
});

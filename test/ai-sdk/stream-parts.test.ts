import { describe, expect, test } from 'vitest';
import type { StreamPart } from '../../src/ai-sdk/specification.ts';
import { partReader } from '../../src/ai-sdk/stream-parts.ts';

function read(...events: readonly object[]) {
  const parts: StreamPart[] = [];
  const reader = partReader(part => void parts.push(part));
  for (const event of events) reader.read(event);
  return { parts, facts: reader.end() };
}

const delta = (type: string, text: string, more: object = {}) => ({
  type: `response.${type}.delta`,
  output_index: 0,
  delta: text,
  ...more,
});
const added = (item: object, output_index = 0) => ({ type: 'response.output_item.added', output_index, item });
const done = (item: object, output_index = 0) => ({ type: 'response.output_item.done', output_index, item });
const completed = { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [] } };

test('a text part starts with the first delta and ends when the output item is done', () => {
  const message = { type: 'message', content: [] };
  const { parts, facts } = read(
    { type: 'response.created', response: { id: 'resp_1', model: 'm' } },
    added(message),
    delta('output_text', 'Hel', { content_index: 0 }),
    delta('output_text', 'lo', { content_index: 0 }),
    done(message),
    completed,
  );
  expect(parts).toEqual([
    { type: 'response-metadata', id: 'resp_1', modelId: 'm' },
    { type: 'text-start', id: '0:0' },
    { type: 'text-delta', id: '0:0', delta: 'Hel' },
    { type: 'text-delta', id: '0:0', delta: 'lo' },
    { type: 'text-end', id: '0:0' },
  ]);
  expect(facts).toMatchObject({ finishReason: { unified: 'stop' }, response: { id: 'resp_1' } });
});

test('reasoning keeps its paragraphs, and ends with the data that its model needs to read it again', () => {
  const item = { type: 'reasoning', summary: [], encrypted_content: 'sealed' };
  const { parts } = read(
    added({ type: 'reasoning' }),
    { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0 },
    delta('reasoning_summary_text', 'One.'),
    { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 1 },
    delta('reasoning_text', 'Two.'),
    done(item),
    completed,
  );
  expect(parts).toEqual([
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'One.' },
    { type: 'reasoning-delta', id: '0', delta: '\n\n' },
    { type: 'reasoning-delta', id: '0', delta: 'Two.' },
    { type: 'reasoning-end', id: '0', providerMetadata: { outcomeRouter: { item } } },
  ]);
});

test('text and reasoning that arrive whole, without deltas, are sent when they end', () => {
  const message = { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] };
  const reasoning = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Well.' }] };
  const { parts } = read(added({ type: 'reasoning' }), done(reasoning), added(message, 1), done(message, 1), completed);
  expect(parts).toEqual([
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'Well.' },
    { type: 'reasoning-end', id: '0' },
    { type: 'text-start', id: '1:0' },
    { type: 'text-delta', id: '1:0', delta: 'Hello' },
    { type: 'text-end', id: '1:0' },
  ]);
});

test('pieces of two calls that arrive alternately go to the right calls', () => {
  const call = (id: string, args = '') => ({ type: 'function_call', call_id: id, name: 't', arguments: args });
  const { parts } = read(
    added(call('a'), 0),
    added(call('b'), 1),
    delta('function_call_arguments', '{"b":1}', { output_index: 1 }),
    delta('function_call_arguments', '{}', { output_index: 0 }),
    done(call('a', '{}'), 0),
    done(call('b', '{"b":1}'), 1),
    completed,
  );
  expect(parts.filter(({ type }) => type !== 'tool-input-start' && type !== 'tool-input-end')).toEqual([
    { type: 'tool-input-delta', id: 'b', delta: '{"b":1}' },
    { type: 'tool-input-delta', id: 'a', delta: '{}' },
    { type: 'tool-call', toolCallId: 'a', toolName: 't', input: '{}' },
    { type: 'tool-call', toolCallId: 'b', toolName: 't', input: '{"b":1}' },
  ]);
});

describe('a refusal', () => {
  const refused = { type: 'message', content: [{ type: 'refusal', refusal: 'No way.' }] };
  const pieces = [
    delta('refusal', 'No ', { content_index: 0, output_index: 1 }),
    delta('refusal', 'way.', { content_index: 0, output_index: 1 }),
  ];
  const said = { finishReason: { unified: 'content-filter', raw: 'refusal' }, refusal: 'No way.' };
  const mark = { providerMetadata: { outcomeRouter: { refusal: true } } };

  test.each([
    [
      'in pieces',
      pieces,
      [
        { type: 'text-delta', id: '1:0', delta: 'No ' },
        { type: 'text-delta', id: '1:0', delta: 'way.' },
      ],
    ],
    ['whole', [], [{ type: 'text-delta', id: '1:0', delta: 'No way.' }]],
  ])('a refusal that comes %s is a separate text, marked as a refusal', (_, deltas, texts) => {
    const { parts, facts } = read(added(refused, 1), ...deltas, done(refused, 1), completed);
    expect(parts).toEqual([{ type: 'text-start', id: '1:0', ...mark }, ...texts, { type: 'text-end', id: '1:0' }]);
    expect(facts).toMatchObject(said);
  });

  test.each([
    ['in pieces', pieces],
    ['whole', []],
  ])('a refusal that comes %s does not end an answer that has begun', (_, deltas) => {
    const message = { type: 'message', content: [{ type: 'output_text', text: 'First, mix' }] };
    const { parts, facts } = read(done(message), added(refused, 1), ...deltas, done(refused, 1), completed);
    expect(parts).toEqual([
      { type: 'text-start', id: '0:0' },
      { type: 'text-delta', id: '0:0', delta: 'First, mix' },
      { type: 'text-end', id: '0:0' },
    ]);
    expect(facts).toMatchObject(said);
  });
});

describe('errors', () => {
  const error = { code: 'server_error', message: 'Sorry.' };

  test.each([
    [{ type: 'error', error }, error],
    [
      { type: 'error', message: 'Sorry.' },
      { type: 'error', message: 'Sorry.' },
    ],
    [{ type: 'response.failed', response: { status: 'failed', error } }, error],
  ])('%j is a separate part, and sets the finish reason', (event, expected) => {
    const { parts, facts } = read(event);
    expect(parts).toEqual([{ type: 'error', error: expected }]);
    expect(facts.finishReason.unified).toBe('error');
  });

  test('a stream that ends before its reply is complete is an error', () => {
    const { parts, facts } = read({ type: 'response.created', response: { id: 'resp_1' } });
    expect(parts.at(-1)).toEqual({ type: 'error', error: new Error('the stream ended before the reply did') });
    expect(facts).toMatchObject({ finishReason: { unified: 'error' }, response: { id: 'resp_1' } });
  });
});

test('an event of an unknown kind is skipped', () => {
  expect(read({ type: 'response.in_progress' }, { type: 'keepalive' }, completed).parts).toEqual([]);
});

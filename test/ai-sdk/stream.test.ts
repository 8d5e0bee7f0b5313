import { expect, test } from 'vitest';
import type { StatedReply } from '../../src/ai-sdk/reply.ts';
import { streamOf } from '../../src/ai-sdk/stream.ts';

const EVENTS = [
  { type: 'response.created', response: { id: 'resp_1' } },
  { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'é' },
  { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [] } },
];
const TEXT = EVENTS.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

/** @param size bytes of a piece */
function body(size: number, onCancel: (reason: unknown) => void = () => {}): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(TEXT);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
    cancel: onCancel,
  });
}

const options = {
  warnings: [],
  includeRaw: false,
  signal: undefined,
  metadata: ({ response: { id } }: StatedReply) => ({ outcomeRouter: { id } }),
};

test.each([1, 7, 100_000])(
  'a stream in pieces of %i bytes gives the same parts, and ends with the metadata of its reply',
  async size => {
    const parts = await Array.fromAsync(streamOf(body(size), options));
    expect(parts).toMatchObject([
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'resp_1' },
      { type: 'text-start' },
      { type: 'text-delta', delta: 'é' },
      { type: 'finish', finishReason: { unified: 'stop' }, providerMetadata: { outcomeRouter: { id: 'resp_1' } } },
    ]);
  },
);

test('raw events are parts too if the caller asks for them', async () => {
  const parts = await Array.fromAsync(streamOf(body(50), { ...options, includeRaw: true }));
  expect(parts.flatMap(part => (part.type === 'raw' ? [part.rawValue] : []))).toEqual(EVENTS);
});

test('a reader that stops closes the body', async () => {
  const reasons: unknown[] = [];
  await streamOf(
    body(1, reason => void reasons.push(reason)),
    options,
  ).cancel('enough');
  expect(reasons).toEqual(['enough']);
});

const broken = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: controller => controller.error(new Error('reset')) });

test('a body that breaks off gives an error part and a finish part, and an aborted body gives neither', async () => {
  const parts = await Array.fromAsync(streamOf(broken(), options));
  expect(parts.slice(1)).toMatchObject([
    { type: 'error', error: new Error('reset') },
    { type: 'finish', finishReason: { unified: 'error' } },
  ]);
  const aborted = streamOf(broken(), { ...options, signal: AbortSignal.abort() });
  await expect(Array.fromAsync(aborted)).rejects.toThrow('reset');
});

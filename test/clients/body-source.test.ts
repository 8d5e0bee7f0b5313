import { expect, test } from 'vitest';
import { bodySource, decoded } from '../../src/clients/body-source.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const never = new Promise<undefined>(() => {});
const now = Promise.resolve(undefined);

function pushed() {
  let push: (text: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      push = text => controller.enqueue(encode(text));
      fail = error => controller.error(error);
    },
  });
  return { source: bodySource(body), push: (text: string) => push(text), fail: (error: Error) => fail(error) };
}

test('a chunk that arrives after the time limit is returned by the next read', async () => {
  const { source, push } = pushed();
  expect(await source.arrived(now)).toBeUndefined();
  push('a');
  push('b');
  expect(await source.arrived(never)).toMatchObject({ value: encode('a') });
  expect(await source.read()).toMatchObject({ value: encode('b') });
});

test('a body that fails between two reads makes the next read fail', async () => {
  const { source, fail } = pushed();
  expect(await source.arrived(now)).toBeUndefined();
  fail(new Error('reset'));
  await expect(source.read()).rejects.toThrow('reset');
});

test('a cancelled body is released, as when a loop over the body ends early', async () => {
  const body = new Response('text').body as ReadableStream<Uint8Array>;
  await bodySource(body).cancel();
  expect(body.locked).toBe(false);
});

test('a reply without a body is empty', async () => {
  expect(await bodySource(null).read()).toMatchObject({ done: true });
});

test('a character that is split between two chunks is decoded as one', () => {
  const bytes = encode('é');
  expect(decoded([bytes.slice(0, 1), bytes.slice(1)])).toBe('é');
});

test('a body in one chunk is decoded like the same body in several, including a byte order mark and a cut-off character', () => {
  for (const bytes of [encode('\u{feff}é'), encode('é').slice(0, 1), encode('a\u{1f600}'), new Uint8Array()]) {
    const several = decoded([...bytes].map(byte => new Uint8Array([byte])));
    expect(decoded([bytes])).toBe(several);
    // Nothing of one body is left for the next.
    expect(decoded([encode('b')])).toBe('b');
  }
});

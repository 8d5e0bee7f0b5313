/** What the compiler accepts and refuses of a fake provider's faults. */
import { expectTypeOf, test } from 'vitest';
import type { FakeFault, FakeModel, Script } from '../../src/public/testing.ts';

const accepts = (...faults: readonly FakeFault[]): number => faults.length;
const price = { input: '1', output: '2' };

test('a fault has the options of its kind, and a misspelled one is refused', () => {
  accepts({ kind: 'no-credit' }, { kind: 'status', status: 529, vendor: 'groq', shouldRetry: false });
  // @ts-expect-error: an error status is a number
  accepts({ kind: 'status' });
  // @ts-expect-error: no such kind
  accepts({ kind: 'no-credits' });
  // @ts-expect-error: no such vendor
  accepts({ kind: 'no-credit', vendor: 'opnai' });
  // @ts-expect-error: no such capability
  accepts({ kind: 'unsupported-capability', capability: 'image' });
  // @ts-expect-error: a reset is no error, so it has no vendor
  accepts({ kind: 'reset', vendor: 'openai' });
  // @ts-expect-error: a redirect keeps method and body
  accepts({ kind: 'delivery', delivery: { redirect: 302 } });
});

test('only an error inside a stream can come after some events', () => {
  accepts({ kind: 'status', status: 529, sentAs: 'event', afterEvents: 2 }, { kind: 'no-credit', sentAs: 'reply' });
  // @ts-expect-error: an error outside a stream has no events before it
  accepts({ kind: 'status', status: 529, sentAs: 'json', afterEvents: 2 });
  // @ts-expect-error: only a failed reply can report its usage
  accepts({ kind: 'status', status: 529, sentAs: 'event', reportsUsage: true });
  // @ts-expect-error: without `sentAs` it is `http`, which has no stream
  accepts({ kind: 'status', status: 529, afterEvents: 2 });
});

test('a delivery has the options of its parts, and a misspelled one is refused', () => {
  accepts({
    kind: 'delivery',
    delivery: { contentType: null, chunkBytes: [1, 9], events: { lineEnd: '\r', done: false } },
  });
  // @ts-expect-error: the content type is a text
  accepts({ kind: 'delivery', delivery: { contentType: true } });
  // @ts-expect-error: no such option
  accepts({ kind: 'delivery', delivery: { events: { bom: true } } });
  // @ts-expect-error: no such compression
  accepts({ kind: 'cut', afterEvents: 1, delivery: { encoding: 'zip' } });
});

test('a script may consist of a fault alone, and a model lists the capabilities and parameters that it refuses', () => {
  expectTypeOf<FakeFault>().toExtend<Script>();
  const model = { price, lacks: ['images'], unsupported: ['stop'], contextTokens: 8192 } as const;
  expectTypeOf(model).toExtend<FakeModel>();
});

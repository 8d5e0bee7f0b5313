/** The suite that every wire passes, with the bodies and streams of its API. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { FakeApi, PlannedReply, RenderContext } from '../../src/testing/fake-api.ts';
import { tokensWith } from '../../src/testing/fake-tokens.ts';
import type { Usage } from '../../src/core/ledger/usage.ts';
import type { StreamReader, Wire } from '../../src/contracts/wire.ts';

export interface WireFixture {
  readonly wire: Wire;
  /** The same API from the other side of the network. */
  readonly api: FakeApi;
  readonly url: string;
  readonly otherUrls: readonly string[];
  /** A body as an application writes it, with a conversation of so many messages. */
  readonly body: (model: string, messages: readonly { readonly role: string; readonly content: unknown }[]) => Json;
  /** The parameter that limits the output. */
  readonly limit: string;
}

type Json = Record<string, unknown>;

const PREFIX = 'feature:';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A reply whose text and tokens the tests know. */
export const PLAN: PlannedReply = {
  text: 'Grüße an 😀 "alle"\n— \\ und \u2028 mehr, '.repeat(3),
  refusal: undefined,
  thinking: undefined,
  toolCalls: [],
  finish: 'stop',
  tokens: tokensWith({ input: 100, cacheRead: 20, cacheWrite5m: 7, output: 30, reasoning: 11 }),
  pieces: 9,
  solved: true,
};
export const PLAN_USAGE: Usage = { input: 100, cacheRead: 20, cacheWrite5m: 7, output: 30, reasoning: 11 };
const CALLING: PlannedReply = {
  ...PLAN,
  text: '',
  toolCalls: [{ name: 'weather', arguments: '{"city":"Zürich \\"Nord\\""}' }],
  finish: 'tool-calls',
};
const REFUSING: PlannedReply = { ...PLAN, text: '', refusal: 'Das geht leider nicht.', finish: 'refusal' };
const CUT: PlannedReply = { ...PLAN, finish: 'length' };

function contextOf(api: FakeApi, body: Json): RenderContext {
  let next = 0;
  const request = api.read(body, () => 0);
  if ('kind' in request) throw new Error(request.kind);
  return { request, body, id: prefix => `${prefix}_${next++}`, createdAtS: 1_767_225_600 };
}

/** The stream of a plan, as text. */
export function streamOf(api: FakeApi, plan: PlannedReply, body: Json): string {
  return api
    .events(plan, contextOf(api, body))
    .map(({ text }) => text)
    .join('');
}

/** Pushes a text in chunks that end at the given positions, and returns the bytes for the caller. */
export function pushAll(reader: StreamReader, text: string, cuts: readonly number[] = []): string {
  const bytes = encoder.encode(text);
  const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  const seen: Uint8Array[] = [];
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    seen.push(reader.push(bytes.slice(start, end)));
    start = end;
  }
  return decoder.decode(Buffer.concat(seen));
}

/** The same JSON with spaces between its tokens, which no reader takes without parsing. */
export function spaced(json: unknown): string {
  return JSON.stringify(json, null, 1).replaceAll(/\n */g, ' ');
}

/** Text that looks like the JSON around it. */
export const trickyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc
    .array(fc.constantFrom('"', '\\', '}}]}', '"}', '"finish_reason":null', '}]', 'é', '"delta":"', ',"', '\n'), {
      maxLength: 5,
    })
    .map(parts => parts.join('')),
);

/** An object with the same entries in any order. */
export function shuffledKeys<Value extends object>(value: Value): fc.Arbitrary<Value> {
  const entries = Object.entries(value) as [string, unknown][];
  return fc
    .shuffledSubarray(entries, { minLength: entries.length })
    .map(shuffled => Object.fromEntries(shuffled) as Value);
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('"model":"feature:no"', '{"model":"feature:no"}', '],"', '\\"', 'x'.repeat(3000), '"stream":true}'),
);
const anyMessages = fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: anyText }), {
  minLength: 1,
  maxLength: 12,
});

export function describeWire({ wire, api, url, otherUrls, body, limit }: WireFixture): void {
  const bodies = fc
    .tuple(
      anyMessages,
      fc.dictionary(fc.constantFrom('temperature', 'stream', 'metadata', 'seed', 'zz'), fc.jsonValue()),
    )
    .map(([messages, more]): Json => JSON.parse(JSON.stringify({ ...body(`${PREFIX}x`, messages), ...more })) as Json);
  const shuffled = bodies.chain(value =>
    fc.shuffledSubarray(Object.keys(value), { minLength: Object.keys(value).length }).map(keys => {
      return Object.fromEntries<unknown>(keys.map(key => [key, value[key]]));
    }),
  );

  describe(`${wire.name}: requests`, () => {
    test('the wire matches the URLs of its API, whatever comes before and after the path', () => {
      expect([url, `${url}?beta=true`, `${url}#x`].map(each => wire.matches(each))).toEqual([true, true, true]);
      expect(otherUrls.filter(each => wire.matches(each))).toEqual([]);
      expect(url.endsWith(wire.path)).toBe(true);
    });

    test('the model, stream flag, turns and size are read from any body, in any order of keys', () => {
      fc.assert(
        fc.property(shuffled, fc.constantFrom(undefined, 2), (value, space) => {
          const text = JSON.stringify(value, null, space);
          const messages = (value['messages'] ?? value['input']) as readonly { readonly role: string }[];
          expect(wire.read(text, PREFIX)).toMatchObject({
            turns: Math.max(1, messages.filter(({ role }) => role === 'user').length),
            model: `${PREFIX}x`,
            stream: value.stream === true,
            chars: text.length,
          });
        }),
      );
    });

    test('a body with any other model is passed through, whatever the rest contains', () => {
      fc.assert(
        fc.property(
          shuffled,
          fc.constantFrom('gpt-5', '', 7, null, ['feature:x'], { model: 'feature:x' }),
          (value, model) => {
            expect(wire.read(JSON.stringify({ ...value, model }), PREFIX)).toBeUndefined();
            const { model: _, ...without } = value;
            expect(wire.read(JSON.stringify(without), PREFIX)).toBeUndefined();
          },
        ),
      );
      for (const text of ['', 'null', '[]', '{', '"feature:x"', '{"model":"feature:x"', '{"model":}']) {
        expect(wire.read(text, PREFIX)).toBeUndefined();
      }
    });

    test('preparing a request replaces the model and nothing else', () => {
      fc.assert(
        fc.property(shuffled, fc.constantFrom(undefined, 2), (value, space) => {
          const text = JSON.stringify({ ...value, stream: false }, null, space);
          const facts = wire.read(text, PREFIX);
          if (facts === undefined) throw new Error('not read');
          const prepared = wire.prepare(text, facts, 'vendor/"model"', undefined);
          const whole = JSON.parse(prepared.body) as Json;
          expect(Object.entries(whole)).toEqual(Object.entries({ ...value, stream: false, model: 'vendor/"model"' }));
          expect(prepared.hidesUsageChunk).toBe(false);
        }),
      );
    });

    test('a model name written with escapes is read as the same name', () => {
      const text = JSON.stringify(body('feature:é#1', [{ role: 'user', content: 'x' }])).replace('é', '\\u00e9');
      expect(wire.read(text, PREFIX)?.model).toBe('feature:é#1');
    });

    test('facts read from one body do not change how another body is prepared', () => {
      const [a, b] = [1, 5].map(times => {
        return JSON.stringify({ ...body('feature:x', [{ role: 'user', content: 'x'.repeat(times) }]), zz: 1 });
      });
      const facts = wire.read(a ?? '', PREFIX);
      if (facts === undefined || b === undefined) throw new Error('not read');
      expect(JSON.parse(wire.prepare(b, facts, 'm').body)).toEqual({ ...JSON.parse(b), model: 'm' });
    });

    test('transforms change only the top level, and keep a value that already has the new name', () => {
      const nested = { temperature: 1, [limit]: 9000 };
      const value = { ...body('feature:x', [{ role: 'user', content: [nested] }]), temperature: 0.2, [limit]: 9000 };
      const text = JSON.stringify(value);
      const facts = wire.read(text, PREFIX);
      if (facts === undefined) throw new Error('not read');
      const prepare = (transform: Parameters<Wire['prepare']>[3]) =>
        JSON.parse(wire.prepare(text, facts, 'm', transform).body) as Json;
      const { temperature: _t, [limit]: _l, ...rest } = { ...value, model: 'm' } as Json;
      expect(prepare({ drop: ['temperature', 'absent'] })).toEqual({ ...rest, [limit]: 9000 });
      expect(prepare({ rename: { [limit]: 'new_limit' }, clamp: { new_limit: 100 } })).toEqual({
        ...rest,
        temperature: 0.2,
        new_limit: 100,
      });
      expect(prepare({ clamp: { [limit]: 9001, absent: 5 } })).toEqual({ ...value, model: 'm' });
      expect(prepare({ rename: { temperature: limit } })).toEqual({ ...rest, [limit]: 9000 });
    });

    test('an ordinary conversation is bound to no model and needs no capability', () => {
      const facts = wire.read(
        JSON.stringify(body('feature:x', [{ role: 'user', content: 'image thinking "stop"' }])),
        PREFIX,
      );
      expect(facts?.bound).toBeUndefined();
      expect([...(facts?.capabilities ?? ['unread'])]).toEqual([]);
    });
  });

  describe(`${wire.name}: replies`, () => {
    const request = { ...body('mini', [{ role: 'user', content: 'x' }]), stream_options: { include_usage: true } };
    const plans = [PLAN, CALLING, REFUSING, CUT];
    const finishes = ['stop', 'tool-calls', 'refusal', 'cut-off'];

    test('a reply and its stream give the same usage, finish and text', () => {
      for (const [index, plan] of plans.entries()) {
        const plain = wire.reply(JSON.parse(JSON.stringify(api.json(plan, contextOf(api, request)))));
        expect(plain).toMatchObject({ model: 'mini', usage: PLAN_USAGE, tier: 'standard', finish: finishes[index] });
        expect(plain?.hasToolCalls).toBe(plan === CALLING);
        expect(plain?.text).toBe(
          plan.refusal !== undefined && wire.provider === 'anthropic' ? plan.refusal : plan.text,
        );
        const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
        pushAll(reader, streamOf(api, plan, { ...request, stream: true }));
        expect(reader.done).toBe(true);
        expect({ ...reader.facts(), id: '' }).toEqual({ ...plain, id: '' });
        expect(plain?.id).toMatch(/_\d+$/);
      }
    });

    test('unknown JSON is not read as a reply, and reading it never throws', () => {
      fc.assert(
        fc.property(fc.jsonValue(), json => {
          expect(wire.reply(json)).toBeUndefined();
          expect(wire.readError(json, 400)?.parameters).toBeUndefined();
        }),
      );
      const none = [
        undefined,
        Number.NaN,
        () => 1,
        {},
        { foo: 1 },
        { choices: null },
        { output: 'x' },
        { content: 'x' },
      ];
      for (const json of none) expect(wire.reply(json)).toBeUndefined();
    });

    test('a reply with one invalid value never throws and never has a negative count', () => {
      const reply = JSON.stringify(api.json(PLAN, contextOf(api, request)));
      fc.assert(
        fc.property(fc.nat(), fc.constantFrom('null', '-1', '"x"', '[]', '{}', '1.5', '[null]'), (pick, spoilt) => {
          const values = [...reply.matchAll(/(?<=":)(?:"[^"\\]*"|\d+|null|\[\]|\{\})/g)];
          const found = values[pick % values.length];
          if (found === undefined) return;
          const text = reply.slice(0, found.index) + spoilt + reply.slice(found.index + found[0].length);
          for (const count of Object.values(wire.reply(JSON.parse(text))?.usage ?? {}))
            expect(count).toBeGreaterThanOrEqual(0);
        }),
      );
    });
  });

  describe(`${wire.name}: streams`, () => {
    const request = {
      ...body('mini', [{ role: 'user', content: 'x' }]),
      stream: true,
      stream_options: { include_usage: true },
    };
    const streams = [PLAN, CALLING, REFUSING, CUT, { ...PLAN, thinking: 'Hm, „mal sehen“' }].map(plan =>
      streamOf(api, plan, request),
    );

    test('a stream with any chunks and line ends gives the same facts and reaches the caller byte for byte', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...streams),
          fc.array(fc.nat()),
          fc.constantFrom('\n', '\r\n', '\r'),
          (text, cuts, lineEnd) => {
            const whole = wire.reader({ hidesUsageChunk: false, wantsText: true });
            pushAll(whole, text);
            const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
            const sent = text.replaceAll('\n', lineEnd);
            expect(pushAll(reader, sent, cuts)).toBe(sent);
            expect(reader.facts()).toEqual(whole.facts());
            expect([reader.done, reader.chars]).toEqual([true, whole.chars]);
          },
        ),
      );
    });

    test('a chunk in which nothing is hidden is returned as the same object', () => {
      const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
      for (const line of (streams[0] ?? '').split(/(?<=\n)/)) {
        const chunk = encoder.encode(line);
        expect(reader.push(chunk)).toBe(chunk);
      }
    });

    test.each<readonly [string, PlannedReply]>([
      ['text', { ...PLAN, text: 'text '.repeat(200) }],
      ['arguments', { ...CALLING, toolCalls: [{ name: 'f', arguments: `"${'text '.repeat(200)}"` }] }],
      ...(wire.provider === 'anthropic' ? ([['thinking', { ...PLAN, thinking: 'text '.repeat(200) }]] as const) : []),
    ])('deltas of %s are read without parsing their JSON: a stream of more deltas parses no more events', (_, plan) => {
      const parsedIn = (pieces: number): number => {
        const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
        const bytes = encoder.encode(streamOf(api, { ...plan, pieces }, request));
        const parse = vi.spyOn(JSON, 'parse');
        reader.push(bytes);
        const { length } = parse.mock.calls;
        parse.mockRestore();
        return length;
      };
      expect(parsedIn(100)).toBe(parsedIn(50));
    });

    test('a broken stream leaves `done` false and counts the characters written before the break', () => {
      for (const plan of [PLAN, CALLING, REFUSING, { ...PLAN, thinking: 'Hm, „mal sehen“' }]) {
        const events = api.events(plan, contextOf(api, request));
        for (let shown = 0; shown < events.length; shown++) {
          const before = events.slice(0, shown);
          const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
          // Part of the next event has arrived: it does not count.
          pushAll(reader, before.map(({ text }) => text).join('') + (events[shown]?.text.slice(0, -9) ?? ''));
          const { usage, partialUsage, text, finish } = reader.facts();
          expect(reader.chars).toBe(before.reduce((sum, { chars }) => sum + chars, 0));
          expect(usage !== undefined).toBe(before.some(({ reports }) => reports === 'usage'));
          if (usage === undefined && finish === 'other') expect(reader.done).toBe(false);
          if (before.some(({ reports }) => reports === 'input') && usage === undefined) {
            expect(partialUsage).toEqual({ input: 100, cacheRead: 20, cacheWrite5m: 7 });
          }
          if (plan === PLAN) expect(plan.text.startsWith(text)).toBe(true);
        }
      }
    });

    test('an error after any event is read in any chunks, and what follows it does not end the stream', () => {
      const events = api.events(PLAN, contextOf(api, request)).map(({ text }) => text);
      const errors = fc.constantFrom(
        'data: {"error":{"code":"server_error","message":"é"}}\n\n',
        'event: error\ndata: {"message":"é"}\n\n',
        'data: {"type":"error","error":{"type":"overloaded_error","message":"é"}}\nid: 7\n\n',
      );
      fc.assert(
        fc.property(errors, fc.nat(), fc.array(fc.nat()), (error, pick, cuts) => {
          // Before the last text: no vendor sends an error once a reply is complete.
          const shown = pick % (events.findLastIndex(text => text.includes('mehr')) + 1);
          const text = [...events.slice(0, shown), error, 'data: [DONE]\n\n'].join('');
          const [whole, reader] = [[], cuts].map(each => {
            const one = wire.reader({ hidesUsageChunk: false, wantsText: true });
            expect(pushAll(one, text, each)).toBe(text);
            return one;
          });
          expect(reader?.error?.about).toBe('fault');
          expect([reader?.error, reader?.facts(), reader?.chars]).toEqual([whole?.error, whole?.facts(), whole?.chars]);
          expect([reader?.done, reader?.end()]).toEqual([false, new Uint8Array()]);
          expect(reader?.phase).toBe(whole?.phase);
        }),
      );
    });

    test('a reader without `wantsText` counts characters and keeps no text', () => {
      const [with_, without] = [true, false].map(wantsText => {
        const reader = wire.reader({ hidesUsageChunk: false, wantsText });
        pushAll(reader, streams[0] ?? '');
        return reader;
      });
      expect([with_?.facts().text, without?.facts().text]).toEqual([PLAN.text, '']);
      expect(without?.chars).toBe(with_?.chars);
    });

    test('unexpected events never throw, and the events after them are read', () => {
      const odd = fc.oneof(
        fc.jsonValue().map(json => `data: ${JSON.stringify(json)}\n\n`),
        fc.constantFrom(
          ': a comment\n\n',
          'event: ping\n\n',
          '\n\n',
          'id: 7\nretry: 10\n\n',
          ...(wire.provider === 'anthropic'
            ? ['data:\n\n', 'event: x\ndata: \n\n', 'data: {"broken\n\n', 'event: ping\ndata: x\n\n']
            : []),
          '\u{feff}data: 1\n\n',
        ),
      );
      fc.assert(
        fc.property(fc.array(odd, { maxLength: 5 }), fc.array(fc.nat()), (before, cuts) => {
          const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
          const text = before.join('') + (streams[0] ?? '');
          expect(pushAll(reader, text, cuts)).toBe(text);
          expect(reader.done).toBe(true);
          expect(reader.facts().usage).toEqual(PLAN_USAGE);
        }),
      );
    });

    test('an event that is not JSON, on which the client throws, is a fault at any position in the stream', () => {
      const garbled = fc.constantFrom(
        '{"broken',
        '{"type":"response.in_progress',
        '<html>',
        '{"choices":[{"index":0,"delta":',
      );
      const parts = (streams[0] ?? '').split(/(?<=\n\n)/);
      const last = parts.findLastIndex(part => part.includes('usage'));
      fc.assert(
        fc.property(garbled, fc.nat(last), fc.array(fc.nat()), (data, at, cuts) => {
          const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
          const text = parts.toSpliced(at, 0, `event: content_block_delta\ndata: ${data}\n\n`).join('');
          expect(pushAll(reader, text, cuts)).toBe(text);
          expect([reader.done, reader.error?.about]).toEqual([false, 'fault']);
          expect(reader.facts().usage).toEqual(PLAN_USAGE);
        }),
      );
      const alone = wire.reader({ hidesUsageChunk: false, wantsText: true });
      pushAll(alone, 'event: x\ndata: upstream connect error\n\ndata: [DONE]\n\n');
      expect([alone.done, alone.phase, alone.error]).toEqual([false, 'waiting', undefined]);
    });

    test('data on several lines, or without a space after the colon, is read as the same data', () => {
      const reader = wire.reader({ hidesUsageChunk: false, wantsText: true });
      const text = (streams[0] ?? '').replace(/^data: (\{.*?),/gm, 'data:$1,\ndata:');
      pushAll(reader, text);
      expect(reader.facts()).toMatchObject({ text: PLAN.text, usage: PLAN_USAGE });
    });
  });
}

import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import {
  breakpointsOf,
  readBreakpoint,
  writtenBreakpoint,
  writtenCacheOptions,
} from '../../../src/translate/openai/cache-breakpoints.ts';
import { assistant, fromAnthropic, fromChat, fromResponses, user } from '../openai-requests.ts';

const TAKES = { model: 'm', takesCacheBreakpoints: true };
const text = (words: string, isCached = false): ContentPart => ({
  kind: 'text',
  text: words,
  ...(isCached && { cache: {} }),
});

/** The texts that get a breakpoint. */
function marked(conversation: Parameters<typeof fromAnthropic>[0], model = TAKES): unknown {
  const parts = [...breakpointsOf(fromAnthropic(conversation), model).keys()];
  return parts.map(part => (part.kind === 'text' ? part.text : part.kind));
}

describe('cache breakpoints', () => {
  test('cache breakpoints are read with their lifetime', () => {
    expect(readBreakpoint({ mode: 'explicit', ttl: '12h' })).toStrictEqual({ cache: { ttl: '12h' }, own: [] });
    expect(readBreakpoint({ mode: 'explicit' })).toStrictEqual({ cache: {}, own: [] });
    expect(readBreakpoint(undefined)).toStrictEqual({ own: [] });
    expect(readBreakpoint({ mode: 'other' }).own).toMatchObject([{ path: 'prompt_cache_breakpoint', mark: 'unable' }]);
    expect(readBreakpoint({ mode: 'explicit', scope: 1 }).own).toMatchObject([
      { path: 'prompt_cache_breakpoint.scope', mark: 'unable' },
    ]);
  });

  test('cache breakpoints have a lifetime of OpenAI that is not shorter', () => {
    expect((['5m', '30m', '1h', '12h', undefined] as const).map(ttl => writtenBreakpoint({ ttl }).ttl)).toStrictEqual([
      '30m',
      '30m',
      '12h',
      '12h',
      undefined,
    ]);
  });

  test('cache breakpoints of another API are kept for a model that takes them, the last three of them', () => {
    const turns = [
      user(text('a', true), text('b', true)),
      assistant(text('c', true)),
      user(text('d', true), text('e')),
    ];

    expect(marked({ turns })).toStrictEqual(['b', 'c', 'd']);
    expect(marked({ turns }, { model: 'm', takesCacheBreakpoints: false })).toStrictEqual([]);
  });

  test('cache breakpoints of a call go to the part before it, and those of tools to the first instruction', () => {
    const call: ContentPart = { kind: 'tool-call', id: 'x', name: 'f', form: 'json', input: '{}', cache: {} };
    const result: ContentPart = { kind: 'tool-result', callId: 'x', content: [text('X')], isError: false, cache: {} };

    expect(
      marked({
        tools: [{ name: 'f', form: 'json', cache: {} }],
        system: [{ kind: 'text', text: 'house', role: 'system' }],
        turns: [assistant(text('a'), call), user(result)],
      }),
    ).toStrictEqual(['house', 'a', 'X']);
    expect(marked({ turns: [assistant(call)] })).toStrictEqual([]);
  });

  test('cache breakpoints of OpenAI itself are all kept', () => {
    const content = ['a', 'b', 'c', 'd'].map(words => ({
      type: 'text',
      text: words,
      prompt_cache_breakpoint: { mode: 'explicit' },
    }));

    expect(breakpointsOf(fromChat({ messages: [{ role: 'user', content }] }), { model: 'm' }).size).toBe(4);
  });

  test('automatic caching is the vendor’s default, so that only its lifetime is requested', () => {
    const written = (conversation: Parameters<typeof writtenCacheOptions>[0]) =>
      (['openai-chat', 'openai-responses'] as const).map(api => writtenCacheOptions(conversation, api)?.ttl);
    const implicit = (ttl?: string) => ({ prompt_cache_options: { mode: 'implicit', ttl } });

    expect(written(fromChat(implicit('30m')))).toStrictEqual(['30m', '30m']);
    // Chat completions know the short lifetime only.
    expect(written(fromResponses(implicit('12h')))).toStrictEqual([undefined, '12h']);
    expect(written(fromChat(implicit()))).toStrictEqual([undefined, undefined]);
    expect(written(fromAnthropic({ settings: { cacheAuto: { ttl: '1h' } } }))).toStrictEqual([undefined, undefined]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SessionReply, SessionState } from '../../../src/core/sessions/session-state.ts';
import { afterReply, cachedPrefix, laterOf, prefixOf } from '../../../src/core/sessions/session-state.ts';

const reply = (more: Partial<SessionReply> = {}): SessionReply => ({
  session: 's',
  feature: 'f',
  model: 'mini',
  promptTokens: 4900,
  tokens: 5000,
  atMs: 1000,
  intent: 1,
  ...more,
});

const stateOf = (...replies: readonly Partial<SessionReply>[]): SessionState =>
  replies.reduce<SessionState | undefined>((state, more) => afterReply(state, reply(more)), undefined) as SessionState;

describe('a session after its replies', () => {
  test('a session knows its last reply, and each model’s own last reply', () => {
    expect(stateOf({}, { model: 'premium', tokens: 6000, atMs: 2000, intent: 2, feature: 'g' })).toEqual({
      id: 's',
      last: { tokens: 6000, atMs: 2000, intents: 2, feature: 'g' },
      models: { mini: { tokens: 5000, atMs: 1000 }, premium: { tokens: 6000, atMs: 2000 } },
    });
  });

  test('a reply that arrives after a later one changes nothing', () => {
    const state = stateOf({ atMs: 2000, intent: 2 });
    expect(afterReply(state, reply({ atMs: 1000 }))).toBe(state);
  });

  test('only the 16 models that replied last are remembered', () => {
    const state = stateOf(...Array.from({ length: 20 }, (_, k) => ({ model: `m${k}`, atMs: k })));
    expect(Object.keys(state.models).sort()).toEqual(Array.from({ length: 16 }, (_, k) => `m${k + 4}`).sort());
  });

  test('the states of two processes merge to the same state in either order', () => {
    const one = stateOf({}, { model: 'premium', atMs: 5000, intent: 2 });
    const other = stateOf({ atMs: 4000, tokens: 7000, intent: 3 });
    const both = {
      id: 's',
      last: { tokens: 5000, atMs: 5000, intents: 3, feature: 'f' },
      models: { mini: { tokens: 7000, atMs: 4000 }, premium: { tokens: 5000, atMs: 5000 } },
    };
    expect(laterOf(one, other)).toEqual(both);
    expect(laterOf(other, one)).toEqual(both);
    expect(laterOf(undefined, one)).toBe(one);
  });
});

describe('a conversation that the application has shortened', () => {
  const before = stateOf({ model: 'premium', atMs: 1000 }, { model: 'mini', atMs: 2000 });
  const shortened = afterReply(before, reply({ model: 'mini', promptTokens: 3499, tokens: 3600, atMs: 3000 }));

  test('a shortened conversation is a new one: what the other models had cached of it is of no use to later intents', () => {
    expect(shortened.models).toEqual({ mini: { tokens: 3600, atMs: 3000 } });
    const later = afterReply(shortened, reply({ promptTokens: 5000, tokens: 5100, atMs: 4000 }));
    expect(Object.keys(later.models)).toEqual(['mini']);
    const again = afterReply(later, reply({ model: 'premium', promptTokens: 5200, tokens: 5300, atMs: 5000 }));
    expect(again.models['premium']).toEqual({ tokens: 5300, atMs: 5000 });
    expect(again.models['mini']).toEqual({ tokens: 5100, atMs: 4000 });
  });

  test('a reply to a request of seven tenths of the tokens continues the conversation', () => {
    const state = afterReply(before, reply({ promptTokens: 3500, atMs: 3000 }));
    expect(Object.keys(state.models).sort()).toEqual(['mini', 'premium']);
  });

  test('an earlier state from another process does not bring back the conversation from before it was shortened', () => {
    expect(laterOf(before, shortened)).toEqual(shortened);
    expect(laterOf(shortened, before)).toEqual(shortened);
    const meanwhile = stateOf({ model: 'premium', atMs: 1000 }, { model: 'other', atMs: 3500 });
    for (const both of [laterOf(meanwhile, shortened), laterOf(shortened, meanwhile)])
      expect(Object.keys(both.models).sort()).toEqual(['mini', 'other']);
  });
});

describe('the prefix of the next intent', () => {
  test('the prefix of a new session is the whole first request, and no model has it', () => {
    expect(prefixOf(undefined, 15_998, 9000)).toEqual({
      prefix: { tokens: 4000, earlierIntents: 0 },
      models: {},
      nowMs: 9000,
    });
    expect(prefixOf(undefined, undefined, 9000).prefix.tokens).toBe(0);
    expect(prefixOf(undefined, 15_998, 9000, 0.5).prefix.tokens).toBe(7999);
  });

  test('the last model of a prefix is the model of the session’s last reply', () => {
    const state = stateOf({ atMs: 1000, model: 'early' }, { atMs: 2000, intent: 2, model: 'late' });
    expect(prefixOf(state, undefined, 9000).prefix.lastModel).toBe('late');
  });

  test('the prefix of a later intent is the conversation as of the last reply, but never more than the request has', () => {
    const state = stateOf({ tokens: 5000, atMs: 1000, intent: 4 });
    expect(prefixOf(state, 22_400, 9000).prefix).toMatchObject({ tokens: 5000, gapMs: 8000, earlierIntents: 4 });
    expect(prefixOf(state, 16_000, 9000).prefix.tokens).toBe(4000);
    expect(prefixOf(state, undefined, 9000).prefix.tokens).toBe(5000);
  });

  test('a conversation has as many tokens per character as its last request had', () => {
    const state = stateOf({ tokens: 5000, tokensPerChar: 1 });
    expect(prefixOf(state, 5200, 9000)).toMatchObject({ prefix: { tokens: 5000 }, models: state.models });
    expect(prefixOf(state, 4000, 9000).prefix.tokens).toBe(4000);
    expect(prefixOf(stateOf({ tokens: 5000 }), 5200, 9000)).toMatchObject({ prefix: { tokens: 1300 }, models: {} });
  });

  test('a much shorter request starts another conversation, which no model’s cache has', () => {
    const state = stateOf({ tokens: 5000 });
    expect(prefixOf(state, 14_000, 9000).models).toBe(state.models);
    expect(prefixOf(state, 13_996, 9000)).toMatchObject({ prefix: { tokens: 3499 }, models: {} });
  });

  test('a model’s cache should have what it was sent last, until the cache expires, if that is long enough to be cached', () => {
    const known = prefixOf(stateOf({ tokens: 3000 }, { model: 'premium', tokens: 5000, atMs: 2000 }), 22_000, 300_999);
    const terms = { ttlMs: 300_000, minTokens: 1024 };
    expect(cachedPrefix(known, 'mini', terms)).toBe(3000);
    expect(cachedPrefix(known, 'premium', terms)).toBe(5000);
    expect(cachedPrefix(known, 'other', terms)).toBe(0);
    expect(cachedPrefix({ ...known, nowMs: 301_000 }, 'mini', terms)).toBe(0);
    expect(cachedPrefix(known, 'mini', { ...terms, minTokens: 3001 })).toBe(0);
  });
});

test('law: a state has the latest reply of every model, however replies are divided between two processes', () => {
  const replies = fc.array(
    fc.record({ model: fc.constantFrom('a', 'b', 'c'), tokens: fc.nat(9999), isHere: fc.boolean() }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(replies, list => {
      const timed = list.map((each, index) => ({ ...each, promptTokens: 9999, atMs: index, intent: index + 1 }));
      const part = (isHere: boolean) => timed.filter(each => each.isHere === isHere);
      const [here, there] = [part(true), part(false)];
      const whole = stateOf(...timed);
      if (here.length === 0 || there.length === 0) return;
      expect(laterOf(stateOf(...here), stateOf(...there))).toEqual(whole);
    }),
  );
});

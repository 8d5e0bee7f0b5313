import { describe, expect, test } from 'vitest';
import * as z3 from 'zod-oldest';
import { z } from 'zod';
import type { FeatureConfig, Validator } from '../../../src/config/application.ts';
import type { ResolvedFeature } from '../../../src/config/resolved.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { Answer } from '../../../src/engine/attempts/exchange.ts';
import type { Runtime } from '../../../src/runtime.ts';
import type { VerdictContext } from '../../../src/engine/attempts/verdict.ts';
import { verdictOn } from '../../../src/engine/attempts/verdict.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

function featureWith(feature: Partial<FeatureConfig<'mini'>>): ResolvedFeature {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const { features } = resolveConfig(
    {
      models: { mini: { provider: 'openai', model: 'mini-1', price } },
      features: { work: { candidates: ['mini'], failureCostUsd: 1, ...feature } },
    },
    { policy: fixed('mini') },
  );
  return features.get('work') as ResolvedFeature;
}

function answer(text: string, more: Partial<Answer> = {}): Answer {
  return { usage: {}, provenance: 'reported', finish: 'stop', hasToolCalls: false, text, ...more };
}

interface Asking {
  readonly runtime?: Runtime;
  readonly signal?: AbortSignal;
}

function asked(feature: Partial<FeatureConfig<'mini'>>, given: Answer, { runtime, signal }: Asking = {}) {
  const faults: unknown[] = [];
  const context: VerdictContext = {
    model: 'mini',
    intentId: 'i1',
    signal: () => signal,
    runtime: runtime ?? testRuntime(),
    judgeModel: name => `judge ${name}`,
    faulted: error => void faults.push(error),
  };
  return { verdict: verdictOn(featureWith(feature), given, context), faults };
}

const never = new Promise<never>(() => {});

test('a feature without checks and validators gives no verdict', () => {
  expect(asked({}, answer('anything')).verdict).toBeUndefined();
});

describe('checks', () => {
  test.each([
    [{ json: true }, answer('no'), 'json'],
    [{ refusal: true }, answer('', { finish: 'refusal' }), 'refusal'],
    [{ cutOff: true }, answer('hal', { finish: 'cut-off' }), 'cut-off'],
    [{ empty: true }, answer(' \n'), 'empty'],
  ] as const)('the check %j rejects a reply with its fault and accepts a reply without it', (checks, bad, by) => {
    expect(asked({ checks }, bad).verdict).toMatchObject({ accepted: false, by });
    expect(asked({ checks }, answer('{"fine":true}')).verdict).toEqual({ accepted: true, by: 'checks' });
  });

  test('a reply with a tool call is not empty, and a value of `run` counts as JSON', () => {
    const empty = { checks: { empty: true } };
    expect(asked(empty, answer('', { hasToolCalls: true })).verdict).toMatchObject({ accepted: true });
    expect(asked({ checks: { empty: true, json: true } }, answer('', { value: { a: 1 } })).verdict).toMatchObject({
      accepted: true,
    });
  });

  test('a reply with an image, audio or another item is not empty', () => {
    const { verdict } = asked({ checks: { empty: true } }, answer('', { hasOtherOutput: true }));
    expect(verdict).toMatchObject({ accepted: true });
  });

  test.each([
    ['a tool call', answer('', { hasToolCalls: true, finish: 'tool-calls' })],
    ['a tool call behind some words', answer('Let me see.', { hasToolCalls: true, finish: 'tool-calls' })],
    ['an image, audio or another item', answer(' ', { hasOtherOutput: true })],
  ])('neither the check for JSON nor a schema judges %s, but a function does', (_, given) => {
    const schema = z.object({ total: z.number() });
    const strict = { checks: { json: true, empty: true, refusal: true, cutOff: true } };
    expect(asked({ ...strict, validate: schema }, given).verdict).toEqual({ accepted: true, by: 'checks' });
    const { verdict } = asked({ ...strict, validate: [() => false, schema] }, given);
    expect(verdict).toMatchObject({ accepted: false, by: 'function' });
  });

  test('text beside an image or another item is judged, and so is a reply without any output', () => {
    const schema = z.object({ total: z.number() });
    for (const given of [answer('no', { hasOtherOutput: true }), answer('')]) {
      expect(asked({ checks: { json: true } }, given).verdict).toMatchObject({ accepted: false, by: 'json' });
      expect(asked({ validate: schema }, given).verdict).toMatchObject({ accepted: false, by: 'schema' });
    }
  });

  test('a reply that has not ended yet is not judged', () => {
    const strict = { checks: { empty: true, json: true }, validate: () => false };
    expect(asked(strict, answer('', { finish: 'pending' })).verdict).toBeUndefined();
  });

  test('JSON in a fenced block passes the check', () => {
    expect(asked({ checks: { json: true } }, answer('```json\n{"a":1}\n```')).verdict).toMatchObject({
      accepted: true,
    });
  });

  test.each([
    ['begins with', 'text\n```json\n{"a":1}\n```'],
    ['begins and ends with', '```\ntext\n```\n```json\n{"a":1}\n```'],
  ])('JSON in a block fails the check when the reply %s something else', (_, text) => {
    expect(asked({ checks: { json: true } }, answer(text)).verdict).toMatchObject({ accepted: false });
  });

  test('validators are not called when a check fails', () => {
    const { verdict } = asked({ checks: { cutOff: true }, validate: () => true }, answer('x', { finish: 'cut-off' }));
    expect(verdict).toEqual({ accepted: false, by: 'cut-off' });
  });
});

describe('schemas', () => {
  const good = '{"total":7}';
  const schemas: readonly [string, Validator][] = [
    ['zod', z.object({ total: z.number() })],
    ['the oldest zod', z3.object({ total: z3.number() }) as Validator],
    [
      'any Standard Schema',
      {
        '~standard': {
          version: 1,
          vendor: 'own',
          validate: value =>
            typeof (value as { total?: unknown }).total === 'number'
              ? { value }
              : { issues: [{ message: 'no', path: [{ key: 'total' }] }] },
        },
      },
    ],
    ['an asynchronous schema', z.object({ total: z.number() }).refine(async () => Promise.resolve(true))],
  ];
  test.each(schemas)('%s validates the JSON of the text', async (_, validate) => {
    expect(await asked({ validate }, answer(good)).verdict).toEqual({ accepted: true, by: 'schema' });
    const rejected = await asked({ validate }, answer('{"total":"much"}')).verdict;
    expect(rejected).toMatchObject({ accepted: false, by: 'schema', reason: '1 issue(s), first at total' });
    expect(await asked({ validate }, answer('seven')).verdict).toMatchObject({ reason: 'the text is not JSON' });
  });

  test('the reason of a schema’s rejection never quotes the reply', async () => {
    const validate = z.object({ total: z.string().refine(() => false, 'SECRET') });
    const verdict = await asked({ validate }, answer('{"total":"SECRET"}')).verdict;
    expect(JSON.stringify(verdict)).not.toContain('SECRET');
  });

  test('a synchronous schema gives its verdict without a promise', () => {
    expect(asked({ validate: z.object({ total: z.number() }) }, answer(good)).verdict).not.toBeInstanceOf(Promise);
  });
});

describe('functions', () => {
  test('a function gets the reply and returns accept or reject, with a reason', async () => {
    const seen: unknown[] = [];
    const { verdict } = asked(
      {
        validate: reply => {
          seen.push({ ...reply, judge: reply.judgeModel('premium') });
          return { accepted: false, reason: 'too short' };
        },
      },
      answer('{"a":1}', { hasToolCalls: true }),
    );
    expect(verdict).toEqual({ accepted: false, by: 'function', reason: 'too short' });
    expect(seen).toMatchObject([
      { text: '{"a":1}', json: { a: 1 }, model: 'mini', feature: 'work', intentId: 'i1', hasToolCalls: true },
    ]);
    expect(seen).toMatchObject([{ judge: 'judge premium', finish: 'stop' }]);
  });

  test('a function gets the signal of its request, or a signal that is never aborted if the request has none', () => {
    const seen: AbortSignal[] = [];
    const validate: Validator = reply => (seen.push(reply.signal), true);
    const { signal } = new AbortController();
    asked({ validate }, answer('x'), { signal });
    asked({ validate }, answer('x'));
    expect(seen[0]).toBe(signal);
    expect(seen[1]).toMatchObject({ aborted: false });
  });

  test('the first validator that rejects decides, and later ones are not called', async () => {
    const calls: string[] = [];
    const saying =
      (name: string, accepted: boolean): Validator =>
      async () => {
        calls.push(name);
        return accepted;
      };
    const validate = [saying('a', true), z.unknown(), saying('b', false), saying('c', true)];
    expect(await asked({ validate }, answer('1')).verdict).toEqual({ accepted: false, by: 'function' });
    expect(calls).toEqual(['a', 'b']);
  });
});

describe('validators fail open', () => {
  const broken: readonly [string, Validator][] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', async () => Promise.reject(new Error('broken'))],
    [
      'throws no error',
      () => {
        throw 'broken' as unknown as Error;
      },
    ],
    ['returns nothing', (() => undefined) as unknown as Validator],
    ['returns something else', (() => ({ verdict: 'good' })) as unknown as Validator],
    ['resolves to null', (async () => null) as unknown as Validator],
    [
      'is a schema that throws',
      {
        '~standard': {
          version: 1,
          vendor: 'own',
          validate: () => {
            throw new Error('broken');
          },
        },
      },
    ],
  ];
  test.each(broken)(
    'a validator that %s fails open: the reply is accepted and the fault reported',
    async (_, validate) => {
      const { verdict, faults } = asked({ validate }, answer('x1'.repeat(1), { value: 1 }));
      expect(await verdict).toMatchObject({ accepted: true, by: 'fault' });
      expect(faults).toHaveLength(1);
    },
  );

  test('a validator that never returns fails open when its time is up', async () => {
    const runtime = testRuntime();
    const { verdict, faults } = asked({ validate: async () => never, validateWithin: '5s' }, answer('x'), { runtime });
    let isDone = false;
    const done = Promise.resolve(verdict).finally(() => (isDone = true));
    runtime.advance(4_999);
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    runtime.advance(1);
    expect(await done).toMatchObject({ accepted: true, by: 'fault' });
    expect(faults).toMatchObject([{ code: 'deadline-exceeded' }]);
  });

  test('a validator that never returns fails open when the request ends', async () => {
    const caller = new AbortController();
    const { verdict } = asked({ validate: async () => never }, answer('x'), { signal: caller.signal });
    caller.abort();
    expect(await verdict).toMatchObject({ accepted: true, by: 'fault' });
  });

  test('the time limit is for all validators together, and is cleared when they have returned', async () => {
    const runtime = testRuntime();
    const validate = [async () => true, async () => true];
    const { verdict, faults } = asked({ validate, validateWithin: '5s' }, answer('x'), { runtime });
    expect(await verdict).toMatchObject({ accepted: true, by: 'function' });
    runtime.advance(60_000);
    expect(faults).toEqual([]);
  });
});

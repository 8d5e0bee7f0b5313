import { describe, expect, test } from 'vitest';
import type { OutcomeInput } from '../../src/clients/intent-input.ts';
import {
  explicitEvidence,
  failureEvidence,
  implicitEvidence,
  intentOptions,
  withdrawnEvidence,
} from '../../src/clients/intent-input.ts';
import type { SignalMeaning } from '../../src/config/application.ts';
import { MAX_FACT_USD } from '../../src/core/ledger/money.ts';
import { RouterError } from '../../src/errors.ts';

const declared = new Map<string, readonly string[] | { readonly cuts: readonly number[] }>([
  ['plan', ['free', 'paid']],
  ['length', ['short', 'long']],
  ['difficulty', { cuts: [0.3, 0.7] }],
]) as unknown as Parameters<typeof intentOptions>[1];
const options = (input: unknown) => intentOptions(input as never, declared);

/** Code, path and accepted values of the RouterError that a call throws. */
function refused(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return RouterError.isInstance(error) ? [error.code, error.path, error.accepted] : error;
  }
  return undefined;
}

test('an application can withdraw its explicit outcome and the evidence of a return, and nothing else', () => {
  expect(withdrawnEvidence()).toEqual({ source: 'explicit', success: null });
  expect(withdrawnEvidence('return')).toEqual({ source: 'return', success: null });
  expect(refused(() => withdrawnEvidence('silence' as never))).toEqual([
    'invalid-value',
    'source',
    ['explicit', 'return'],
  ]);
});

describe('the options of an intent', () => {
  test('an intent without options is in no segment', () => {
    expect(options({})).toEqual({ segment: '' });
  });

  test('declared context makes the segment in the order of the configuration', () => {
    const context = { length: 'long', difficulty: 0.3, plan: 'paid' };
    expect(options({ context }).segment).toBe('plan=paid,length=long,difficulty=0.3-to-0.7');
  });

  test('numbers are not in the segment while no policy gives them levels', () => {
    const withNumbers = new Map<string, unknown>([
      ['plan', ['free', 'paid']],
      ['vector', { numbers: 2, model: { read: (value: unknown) => value } }],
    ]) as never;
    const context = { plan: 'paid', vector: [0.1, 0.2] };
    expect(intentOptions({ context }, withNumbers).segment).toBe('plan=paid');
    expect(intentOptions({ context }, withNumbers, { code: () => 'b2' }).segment).toBe('plan=paid,vector=b2');
  });

  test('an option or a value of the context that is undefined counts as not given', () => {
    const context = { plan: undefined, difficulty: 0.1, length: undefined };
    expect(options({ session: undefined, failureCostUsd: undefined, id: undefined, context })).toEqual({
      segment: 'difficulty=below-0.3',
    });
    expect(options({ context: undefined })).toEqual({ segment: '' });
  });

  test('session and failure cost are passed on, the cost in nano-dollars', () => {
    expect(options({ session: 's', failureCostUsd: 0.25, id: 'order-17' })).toEqual({
      segment: '',
      session: 's',
      failureCostNanoUsd: 250_000_000,
    });
    expect(options({ failureCostUsd: 0 }).failureCostNanoUsd).toBe(0);
    expect(options({ failureCostUsd: MAX_FACT_USD }).failureCostNanoUsd).toBe(MAX_FACT_USD * 1e9);
  });

  test.each([null, 42, 'order-17', [], Promise.resolve({})])('options that are %o are refused', input => {
    expect(refused(() => options(input))).toEqual(['invalid-value', 'intent', expect.any(String)]);
  });

  test.each([null, 5, 'free', ['free'], Promise.resolve({})])('a context that is %o is refused', input => {
    expect(refused(() => options({ context: input }))).toEqual(['invalid-value', 'intent.context', expect.any(String)]);
  });

  test.each([5, '', null, 's\ud83d', 's\0', 's'.repeat(513)])(
    'the session %j, which no ledger can have, is refused',
    session => {
      expect(refused(() => options({ session }))).toEqual(['invalid-value', 'intent.session', expect.any(String)]);
    },
  );

  test.each(['', 17, 'a b', 'a#b', 'a~b', 'a@b', ' a', 'a\n', 'ticket-\ud83d', 'u\0x', 'i'.repeat(513)])(
    'the id %j is refused',
    id => {
      expect(refused(() => options({ id }))).toEqual(['invalid-value', 'intent.id', expect.any(String)]);
    },
  );

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, MAX_FACT_USD * 2, '5'])(
    'a failure cost of %s is refused',
    failureCostUsd => {
      const path = 'intent.failureCostUsd';
      expect(refused(() => options({ failureCostUsd }))).toEqual(['invalid-value', path, expect.any(String)]);
    },
  );

  test.each<[object, string, unknown]>([
    [{ plan: 'gold' }, 'plan', ['free', 'paid']],
    [{ plan: 1 }, 'plan', ['free', 'paid']],
    [{ tier: 'free' }, 'tier', ['plan', 'length', 'difficulty']],
    [{ difficulty: '0.5' }, 'difficulty', 'a finite number'],
    [{ difficulty: Number.NaN }, 'difficulty', 'a finite number'],
    [{ difficulty: Number.POSITIVE_INFINITY }, 'difficulty', 'a finite number'],
    [{ difficulty: null }, 'difficulty', 'a finite number'],
  ])('the context %j is refused with what is accepted', (context, name, accepted) => {
    expect(refused(() => options({ context }))).toEqual(['invalid-value', `intent.context.${name}`, accepted]);
  });

  test('an unknown option is refused with the known ones', () => {
    expect(refused(() => options({ sesion: 's' }))).toEqual([
      'invalid-value',
      'intent.sesion',
      ['session', 'failureCostUsd', 'context', 'id'],
    ]);
  });
});

describe('explicit evidence', () => {
  test('an outcome is recorded with only the details that it was given', () => {
    expect(explicitEvidence({ success: true })).toStrictEqual({ source: 'explicit', success: true });
    const unknown = { escalated: undefined, costUsd: undefined, key: undefined };
    expect(explicitEvidence({ success: false, ...unknown })).toStrictEqual({ source: 'explicit', success: false });
    expect(explicitEvidence({ success: false, escalated: true, costUsd: 22.5, key: 'ticket-4711' })).toEqual({
      source: 'explicit',
      success: false,
      escalated: true,
      costNanoUsd: 22_500_000_000,
      key: 'ticket-4711',
    });
  });

  test.each<[object, string]>([
    [{}, 'outcome.success'],
    [{ success: 'yes' }, 'outcome.success'],
    [{ success: null }, 'outcome.success'],
    [{ success: false, escalated: 'yes' }, 'outcome.escalated'],
    [{ success: false, key: '' }, 'outcome.key'],
    [{ success: false, key: 7 }, 'outcome.key'],
    [{ success: false, key: 'k\udc01' }, 'outcome.key'],
    [{ success: false, key: 'k'.repeat(513) }, 'outcome.key'],
    [{ success: true, costUsd: 5 }, 'outcome.costUsd'],
    [{ success: false, costUsd: -1 }, 'outcome.costUsd'],
    [{ success: false, costUsd: '5' }, 'outcome.costUsd'],
    [{ success: false, costUsd: Number.NaN }, 'outcome.costUsd'],
    [{ success: false, costUsd: MAX_FACT_USD * 2 }, 'outcome.costUsd'],
  ])('the outcome %j is refused', (outcome, path) => {
    const error = refused(() => explicitEvidence(outcome as OutcomeInput));
    expect(error).toEqual(['invalid-value', path, expect.any(String)]);
  });
});

test.each([undefined, null, true, 'success'])('an outcome that is %j, not an object, is refused', outcome => {
  expect(refused(() => explicitEvidence(outcome as never))).toEqual(['invalid-value', 'outcome', expect.any(String)]);
});

test('the details of a failure cannot declare it a success', () => {
  expect(failureEvidence({ escalated: true })).toEqual({ source: 'explicit', success: false, escalated: true });
  expect(refused(() => failureEvidence({ success: true } as never))).toEqual([
    'invalid-value',
    'outcome.success',
    ['escalated', 'costUsd', 'key'],
  ]);
});

describe('implicit evidence', () => {
  const signals = new Map<string, SignalMeaning>([
    ['contacted', false],
    ['stars', (stars: number) => stars >= 4],
    ['choice', (choice: unknown) => choice === 'good' || choice === true],
  ]);
  const evidence = (signal: string, value?: unknown) => implicitEvidence('support', signals, signal, value);

  test('a signal with a fixed meaning is recorded without a value', () => {
    expect(evidence('contacted')).toEqual({ source: 'implicit', success: false, signal: 'contacted' });
    expect(evidence('contacted', undefined)).toEqual({ source: 'implicit', success: false, signal: 'contacted' });
  });

  test.each([false, true, 'no', 0, null])('a signal with a fixed meaning refuses the value %j', value => {
    const path = 'features["support"].signals.contacted';
    const accepted = 'no value: the meaning of this signal is fixed';
    expect(refused(() => evidence('contacted', value))).toEqual(['invalid-value', path, accepted]);
  });

  test('a signal with a function is recorded with its value and the result of the function', () => {
    expect(evidence('stars', 5)).toEqual({ source: 'implicit', success: true, signal: 'stars', value: 5 });
    expect(evidence('choice', 'bad')).toEqual({ source: 'implicit', success: false, signal: 'choice', value: 'bad' });
    expect(evidence('choice', true)).toEqual({ source: 'implicit', success: true, signal: 'choice', value: true });
  });

  test('an unknown signal is refused with the configured ones', () => {
    expect(refused(() => evidence('thumbs'))).toEqual([
      'unknown-signal',
      'features["support"].signals',
      ['contacted', 'stars', 'choice'],
    ]);
  });

  test.each([undefined, null, 1, 'yes', Promise.resolve(true)])(
    'a function of a signal that returns %o is refused: it would be recorded as the outcome',
    result => {
      const meaning = (() => result) as unknown as SignalMeaning;
      expect(refused(() => implicitEvidence('support', new Map([['stars', meaning]]), 'stars', 5))).toEqual([
        'invalid-value',
        'features["support"].signals.stars()',
        'true or false',
      ]);
    },
  );

  test.each([undefined, null, {}, Number.NaN, Number.POSITIVE_INFINITY])('the signal value %j is refused', value => {
    const path = 'features["support"].signals.stars';
    expect(refused(() => evidence('stars', value))).toEqual(['invalid-value', path, expect.any(String)]);
  });
});

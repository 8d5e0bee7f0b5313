import { describe, expect, test } from 'vitest';
import { observeRequest } from '../../src/observers/observed-request.ts';
import type { ObservedRequest, Observer } from '../../src/contracts/observer.ts';
import { end, start } from './fixtures.ts';

const noFault = (error: unknown): never => {
  throw error;
};
const following = (request: ObservedRequest | undefined): Observer => ({ name: 'test', requesting: () => request });

test('`observeRequest` returns undefined if no observer follows the request', () => {
  expect(observeRequest([], start, noFault)).toBeUndefined();
  expect(observeRequest([{ name: 'log' }, following(undefined)], start, noFault)).toBeUndefined();
});

test('observers are nested in their order, and each is notified when the request ends', () => {
  const events: string[] = [];
  const observer = (name: string): Observer =>
    following({
      within: call => {
        events.push(`${name} in`);
        const value = call();
        events.push(`${name} out`);
        return value;
      },
      ended: ({ attempts }) => events.push(`${name} ended ${attempts.length}`),
    });
  const observation = observeRequest([observer('a'), observer('b')], start, noFault);
  expect(observation?.run(() => (events.push('call'), 42))).toBe(42);
  observation?.ended(end);
  expect(events).toEqual(['a in', 'b in', 'call', 'b out', 'a out', 'a ended 2', 'b ended 2']);
});

describe('an unruly observer', () => {
  const unruly: readonly (readonly [string, NonNullable<ObservedRequest['within']>])[] = [
    [
      'throws before the call',
      () => {
        throw new Error('observer');
      },
    ],
    [
      'throws after the call',
      call => {
        call();
        throw new Error('observer');
      },
    ],
    ['never makes the call', () => undefined as never],
    [
      'makes the call twice',
      call => {
        call();
        return call();
      },
    ],
    [
      'drops the result',
      call => {
        call();
        return undefined as never;
      },
    ],
    [
      'swallows the error',
      call => {
        try {
          return call();
        } catch {
          return undefined as never;
        }
      },
    ],
  ];

  test.each(unruly)('the call runs once and returns its result when an observer %s', (_, within) => {
    let calls = 0;
    const faults: unknown[] = [];
    const observation = observeRequest([following({ within, ended() {} })], start, error => faults.push(error));
    expect(observation?.run(() => ++calls)).toBe(1);
    expect(calls).toBe(1);
    expect(faults.map(error => (error as Error).message).every(message => message === 'observer')).toBe(true);
  });

  test.each(unruly)(
    'the caller gets the call’s own error, which is not reported as a fault, when an observer %s',
    (_, within) => {
      const failure = new Error('provider');
      const faults: unknown[] = [];
      const observation = observeRequest([following({ within, ended() {} })], start, error => faults.push(error));
      expect(() =>
        observation?.run(() => {
          throw failure;
        }),
      ).toThrow(failure);
      expect(faults).not.toContain(failure);
    },
  );

  test('an error that an observer throws at the start or the end is reported as a fault and not thrown', () => {
    const faults: unknown[] = [];
    const broken: Observer = {
      name: 'broken',
      requesting: () => {
        throw new Error('start');
      },
    };
    const endless = following({
      ended: () => {
        throw new Error('end');
      },
    });
    const observation = observeRequest([broken, endless], start, error => faults.push((error as Error).message));
    expect(observation?.run(() => 'reply')).toBe('reply');
    observation?.ended(end);
    expect(faults).toEqual(['start', 'end']);
  });
});

import { expect, test } from 'vitest';
import type { Fault, Observer } from '../../../src/contracts/observer.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { observerEvents } from '../../../src/engine/state/observer-events.ts';
import { made, SUCCESS } from '../../core/support/cells.ts';
import { attempt, records } from '../../core/support/intents.ts';

const intent = made({});
const ledger = records(['mini'], { attempts: [attempt('mini', 1)], evidence: [SUCCESS, SUCCESS] });
const view = { features: [], estimates: () => [] };
const broken = new Error('broken');

/** An observer that keeps every call, and one of the same kind whose methods all fail by `fail`. */
function observer(fail: () => unknown = () => undefined) {
  const calls: string[] = [];
  const faults: Fault[] = [];
  const keep = ({ kind, revision }: LedgerRecord): unknown => {
    calls.push(`${revision} ${kind}`);
    return fail();
  };
  const all = {
    name: 'test',
    started: () => (calls.push('started'), fail()),
    decided: keep,
    attempted: keep,
    labelled: keep,
    faulted: (fault: Fault) => (faults.push(fault), fail()),
  };
  return { observer: all as Observer, calls, faults };
}

const EVERY_CALL = ['started', '0 decided', '1 attempted', '2 labelled', '3 corrected'];

test('each record is reported by its kind, in order', () => {
  const { observer: one, calls } = observer();
  const events = observerEvents([one]);
  events.started(view);
  events.recorded(ledger, intent);
  expect(calls).toEqual(EVERY_CALL);
});

test('a fault is reported to every observer', () => {
  const observers = [observer(), observer()];
  const fault: Fault = { where: 'store', error: broken };
  observerEvents(observers.map(each => each.observer)).faulted(fault);
  expect(observers.map(({ faults }) => faults)).toEqual([[fault], [fault]]);
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw broken;
    },
  ],
  ['rejects', async () => Promise.reject(broken)],
])(
  'an observer that %s gets its own error as a fault each time, and the other observers are still called',
  async (_, fail) => {
    const failing = observer(fail);
    const other = observer();
    const events = observerEvents([failing.observer, other.observer]);
    events.started(view);
    events.recorded(ledger, intent);
    await new Promise(setImmediate);
    expect(other.calls).toEqual(EVERY_CALL);
    expect(failing.calls).toEqual(EVERY_CALL);
    expect(failing.faults).toEqual(EVERY_CALL.map(() => ({ where: 'observer', error: broken })));
    expect(other.faults).toEqual([]);
  },
);

test('an observer may leave out any method', () => {
  const events = observerEvents([{ name: 'silent' }]);
  expect(() => {
    events.started(view);
    events.recorded(ledger, intent);
    events.faulted({ where: 'store', error: broken });
  }).not.toThrow();
});

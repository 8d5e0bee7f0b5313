import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { Fault } from '../../../src/contracts/observer.ts';
import { circuitBreaker } from '../../../src/engine/rails/circuit-breaker.ts';
import type { ExchangeEnd } from '../../../src/engine/request/availability.ts';
import { reportAvailability } from '../../../src/engine/request/availability.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models } = resolveConfig(
  {
    models: {
      mini: { provider: 'openai', model: 'mini-1', price },
      premium: { provider: 'openai', model: 'premium-1', price },
    },
    features: {},
  },
  { policy: fixed('mini') },
);
const mini = models.get('mini') as ResolvedModel;
const premium = models.get('premium') as ResolvedModel;

/** A breaker that one fault opens. */
function reporting() {
  const faults: Fault[] = [];
  const breaker = circuitBreaker({ faults: 1 });
  const engine = { breaker, runtime: testRuntime(), faulted: (fault: Fault) => void faults.push(fault) };
  const report = (model: ResolvedModel, end: ExchangeEnd): string | undefined =>
    reportAvailability(engine, model, { end, feature: 'support', intentId: 'i' });
  const open = (): readonly boolean[] => [mini, premium].map(model => breaker.isOpen(model, 1));
  return { faults, report, open };
}

test('a refused account opens its circuit, and is told once with what the provider says', () => {
  const { faults, report, open } = reporting();
  const end = { status: 'refused', httpStatus: 401, refusal: { about: 'account', code: 'invalid_api_key' } } as const;
  expect(report(mini, end)).toBe(mini.account);
  expect(report(premium, end)).toBe(mini.account);
  expect(open()).toEqual([true, true]);
  expect(faults).toMatchObject([{ where: 'provider', feature: 'support', intentId: 'i' }]);
  expect(String(faults[0]?.error)).toContain('the provider refuses the account of "mini" (401 invalid_api_key)');
});

test('a refused model opens its own circuit, and a code that is a sentence is not quoted', () => {
  const { faults, report, open } = reporting();
  const refusal = { about: 'model', code: 'no model for sk-123 here' } as const;
  expect(report(mini, { status: 'refused', httpStatus: 404, refusal })).toBe(mini.endpoint);
  expect(open()).toEqual([true, false]);
  expect(String(faults[0]?.error)).toContain('the provider refuses "mini" (404)');
});

test.each(['provider-fault', 'connection', 'timeout', 'broken'] as const)(
  'an exchange that ends as %s is a fault of its model, and observers are not told',
  status => {
    const { faults, report, open } = reporting();
    expect(report(mini, { status })).toBeUndefined();
    expect(open()).toEqual([true, false]);
    expect(faults).toEqual([]);
  },
);

test.each<ExchangeEnd>([
  { status: 'ok' },
  { status: 'rejected-request', refusal: { about: 'request' } },
  { status: 'refused', refusal: { about: 'unable', lacks: 'context' } },
  { status: 'broken', refusal: { about: 'unable', lacks: 'content-filter' } },
])('a provider that has answered closes the circuit: %j', end => {
  const { report, open } = reporting();
  report(mini, { status: 'timeout' });
  report(mini, end);
  expect(open()).toEqual([false, false]);
});

test('a caller that leaves says nothing about the provider', () => {
  const { report, open } = reporting();
  report(mini, { status: 'timeout' });
  report(mini, { status: 'aborted' });
  expect(open()).toEqual([true, false]);
});

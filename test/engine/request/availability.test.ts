import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { Fault } from '../../../src/contracts/observer.ts';
import { circuitBreaker, circuitsOf } from '../../../src/engine/rails/circuit-breaker.ts';
import type { ExchangeEnd } from '../../../src/engine/request/availability.ts';
import { Availability } from '../../../src/engine/request/availability.ts';
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

/** A breaker that one fault opens, and two requests of one client. */
function reporting() {
  const faults: Fault[] = [];
  const breaker = circuitBreaker({ faults: 1 });
  const runtime = testRuntime();
  const engine = { breaker, runtime, faulted: (fault: Fault) => void faults.push(fault) };
  const client = (): string => 'client';
  const [request, other] = ['i', 'j'].map(
    intentId => new Availability(engine, { feature: 'support', intentId }, client),
  ) as [Availability, Availability];
  const open = (): readonly boolean[] => [mini, premium].map(model => other.isOpen(model));
  return { faults, breaker, runtime, request, other, open };
}

test('a refused account opens its circuit, and is reported once with what the provider says', () => {
  const { faults, request, other, open } = reporting();
  const end = { status: 'refused', httpStatus: 401, refusal: { about: 'account', code: 'invalid_api_key' } } as const;
  request.ended(mini, end);
  request.ended(premium, end);
  expect([mini, premium].map(model => request.hasRefused(model))).toEqual([true, true]);
  expect(other.hasRefused(mini)).toBe(false);
  expect(open()).toEqual([true, true]);
  expect(faults).toMatchObject([{ where: 'provider', feature: 'support', intentId: 'i' }]);
  expect(String(faults[0]?.error)).toContain('the provider refuses the account of "mini" (401 invalid_api_key)');
});

test('a refused model opens its own circuit, and a code that is a sentence is not quoted', () => {
  const { faults, request, open } = reporting();
  const refusal = { about: 'model', code: 'no model for sk-123 here' } as const;
  request.ended(mini, { status: 'refused', httpStatus: 404, refusal });
  expect([mini, premium].map(model => request.hasRefused(model))).toEqual([true, false]);
  expect(open()).toEqual([true, false]);
  expect(String(faults[0]?.error)).toContain('the provider refuses "mini" (404)');
});

test.each(['provider-fault', 'connection', 'timeout', 'broken'] as const)(
  'an exchange that ends as %s is a fault of its model, and is not reported to observers',
  status => {
    const { faults, request, open } = reporting();
    request.ended(mini, { status });
    expect(request.hasRefused(mini)).toBe(false);
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
  const { request, open } = reporting();
  request.ended(mini, { status: 'timeout' });
  request.ended(mini, end);
  expect(open()).toEqual([false, false]);
});

test('an abort by the caller is not evidence about the provider', () => {
  const { request, open } = reporting();
  request.ended(mini, { status: 'timeout' });
  request.ended(mini, { status: 'aborted' });
  expect(open()).toEqual([true, false]);
});

test('a request that is sent claims the probe of a half-open circuit', () => {
  const { breaker, runtime, request, other } = reporting();
  breaker.refused(circuitsOf(mini, () => 'client').account, 0);
  runtime.advance(600_000);
  expect(other.isOpen(mini)).toBe(false);
  request.sending(mini);
  expect(other.isOpen(mini)).toBe(true);
});

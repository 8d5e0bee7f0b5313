import { expect, test } from 'vitest';
import type { Capability } from '../../../src/contracts/wire.ts';
import { planSetOf } from '../../../src/core/ledger/plan-set.ts';
import type { RequestRequirements } from '../../../src/engine/state/capable-models.ts';
import { capableModels, noEligibleModelError } from '../../../src/engine/state/capable-models.ts';
import { resolvedFeature } from './resolved.ts';

const asking =
  (...capabilities: Capability[]): RequestRequirements['capabilities'] =>
  () =>
    new Set(capabilities);

const openai: RequestRequirements = { provider: 'openai', capabilities: asking() };
const anthropic: RequestRequirements = { provider: 'anthropic', capabilities: asking() };
const run: RequestRequirements = { capabilities: asking() };
const withImages: RequestRequirements = { provider: 'openai', capabilities: asking('images') };

function capable(disabled: Set<string> = new Set()) {
  const of = capableModels(resolvedFeature({ validate: () => true }), disabled);
  return (requirements: RequestRequirements): readonly string[] => of(requirements).names;
}

test('only models of the request’s API are capable; for `run`, which has no API, every candidate is', () => {
  const names = capable();
  expect(names(openai)).toEqual(['mini', 'seer']);
  expect(names(anthropic)).toEqual(['opus']);
  expect(names(run)).toEqual(['mini', 'seer', 'opus']);
});

test('a model that lacks a capability the request needs is not capable', () => {
  const names = capable();
  expect(names(withImages)).toEqual(['seer']);
  expect(names({ ...openai, capabilities: asking('tools', 'images') })).toEqual(['seer']);
  expect(names({ ...openai, capabilities: asking('tools') })).toEqual(['mini', 'seer']);
});

test.each([
  ['some candidate lacks a capability', ['mini', 'seer', 'opus']],
  ['no candidate lacks a capability', ['seer', 'opus']],
] as const)('a disabled model is not capable until it is enabled again, if %s', (_, candidates) => {
  const disabled = new Set<string>();
  const of = capableModels(resolvedFeature({ candidates: [...candidates] }), disabled);
  const before = of(openai).names;
  expect(before).toContain('seer');
  disabled.add('seer');
  expect(of(openai).names).toEqual(before.filter(name => name !== 'seer'));
  expect(of(run).names).toEqual(candidates.filter(name => name !== 'seer'));
  disabled.delete('seer');
  expect(of(openai).names).toEqual(before);
});

test('a model that is known to be unable is not capable, unless no other model is left', () => {
  const names = capable();
  expect(names({ ...openai, unable: ({ name }) => name === 'mini' })).toEqual(['seer']);
  expect(names({ ...openai, unable: () => true })).toEqual(['mini', 'seer']);
  // The refusal of one request has no effect on the next one.
  expect(names(openai)).toEqual(['mini', 'seer']);
});

test('while no candidate lacks a capability, the answer is computed once per API without reading the request', () => {
  const of = capableModels(resolvedFeature({ candidates: ['seer', 'opus'] }), new Set());
  const unread = (): never => {
    throw new Error('read');
  };
  const first = of({ provider: 'openai', capabilities: unread });
  expect(of({ provider: 'openai', capabilities: unread })).toBe(first);
  expect(of({ provider: 'anthropic', capabilities: unread }).names).toEqual(['opus']);
});

test('a plan is capable when all its models are capable', () => {
  const config = resolvedFeature({ validate: () => true });
  const { plans } = capableModels(config, new Set())(openai);
  const within = config.plans.flatMap((plan, index) => (plan.includes('opus') ? [] : [index]));
  expect(within).toHaveLength(3);
  expect(plans).toBe(planSetOf(within));
});

test('the error is `wrong-provider` where no candidate speaks the request’s API, and names the clients and keys that would work', () => {
  const config = resolvedFeature({ candidates: ['mini', 'seer'] });
  expect(noEligibleModelError(config, anthropic)).toMatchObject({
    code: 'wrong-provider',
    path: 'features["work"].candidates',
    accepted: ['a client of the openai API', '`models.mini.apiKey`', '`models.seer.apiKey`'],
  });
});

test('the error is `no-eligible-candidate` where a candidate speaks the API, and names the capabilities that the request needs', () => {
  const config = resolvedFeature({ candidates: ['mini', 'opus'] });
  const error = noEligibleModelError(config, { ...openai, capabilities: asking('images', 'tools') });
  expect(error).toMatchObject({ code: 'no-eligible-candidate', path: 'features["work"].candidates' });
  expect(String(error.accepted)).toContain('images, tools');
});

test('where every candidate that can serve the request is switched off, the error says so and how to switch them on', () => {
  const config = resolvedFeature({ candidates: ['mini', 'seer', 'opus'] });
  expect(noEligibleModelError(config, { ...openai, capabilities: asking('images') })).toMatchObject({
    code: 'no-eligible-candidate',
    message: expect.stringContaining('every candidate that can serve this request is switched off'),
    accepted: ['router.enable("seer")'],
  });
  expect(noEligibleModelError(config, openai).accepted).toHaveLength(2);
});

test('the error for `run`, which has no API, names every candidate', () => {
  const error = noEligibleModelError(resolvedFeature({ candidates: ['mini', 'opus'] }), run);
  expect(error.code).toBe('no-eligible-candidate');
  expect(error.accepted).toEqual(['router.enable("mini")', 'router.enable("opus")']);
});

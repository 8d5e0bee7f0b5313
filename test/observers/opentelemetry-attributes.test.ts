import { describe, expect, test } from 'vitest';
import {
  attemptEvent,
  cacheReadTokens,
  evaluation,
  identity,
  inference,
  outcomeAttributes,
  outputTokens,
  requestEnd,
  thrownType,
} from '../../src/observers/opentelemetry-attributes.ts';
import { inputTokens } from '../../src/core/ledger/usage.ts';
import { climbed, decided, end, intentWith, rejected, start } from './fixtures.ts';

test('unknown attributes are left out', () => {
  expect(identity({ feature: 'f', intentId: 'i' })).toEqual({
    'outcome_router.feature': 'f',
    'outcome_router.intent_id': 'i',
  });
  expect(identity(start)).toMatchObject({ 'outcome_router.session_id': 'user_3', 'gen_ai.conversation.id': 'user_3' });
});

test('the attributes of a request have its decision, its cost, and its tokens including cached ones', () => {
  expect(requestEnd(end)).toEqual({
    'outcome_router.plan': 'mini>premium',
    'outcome_router.propensity': 0.62,
    'outcome_router.policy': 'thompson',
    'outcome_router.reason': 'share 0.62 of 2 plans',
    'outcome_router.turn': 1,
    'outcome_router.model': 'premium',
    'outcome_router.response_model': 'claude-opus-4-5-20251101',
    'outcome_router.attempts': 2,
    'outcome_router.cost_usd': 0.01294,
    'outcome_router.cost_provenance': 'reported',
    'outcome_router.input_tokens': 2_050,
    'outcome_router.output_tokens': 340,
    'gen_ai.prompt.version': 'v3',
  });
});

test('one estimated attempt makes the cost an estimate, and a request without one has no provenance', () => {
  const estimated = { ...climbed, provenance: 'estimated' as const };
  expect(requestEnd({ ...end, attempts: [rejected, estimated] })['outcome_router.cost_provenance']).toBe('estimated');
  const none = requestEnd({ endedAtMs: 0, decided, attempts: [] });
  expect(none['outcome_router.cost_provenance']).toBeUndefined();
  expect(none['outcome_router.cost_usd']).toBe(0);
});

test('an estimated cost names the items without a price, and an attempt has the model, tier, speed and region that served it', () => {
  const terms = { servedBy: 'gpt-5-pro', tier: 'ultrafast', speed: 'turbo', region: 'eu' };
  const served = {
    ...climbed,
    ...terms,
    provenance: 'estimated' as const,
    unpriced: ['tier "ultrafast"', 'speed "turbo"'],
  };
  expect(attemptEvent(served)).toMatchObject({
    'outcome_router.served_by': 'gpt-5-pro',
    'outcome_router.service_tier': 'ultrafast',
    'outcome_router.speed': 'turbo',
    'outcome_router.region': 'eu',
    'outcome_router.cost_provenance': 'estimated',
    'outcome_router.unpriced': ['tier "ultrafast"', 'speed "turbo"'],
  });
  const other = { ...rejected, unpriced: ['usage.video_tokens', 'speed "turbo"'] };
  expect(requestEnd({ ...end, attempts: [other, served] })['outcome_router.unpriced']).toEqual([
    'usage.video_tokens',
    'speed "turbo"',
    'tier "ultrafast"',
  ]);
});

test('the attributes of an attempt have its verdict, its cost and the type of its error', () => {
  expect(attemptEvent(rejected)).toMatchObject({
    'outcome_router.node': 'mini',
    'outcome_router.verdict.accepted': false,
    'outcome_router.verdict.by': 'schema',
    'outcome_router.verdict.reason': 'no total',
    'outcome_router.cost_usd': 0.0001275,
  });
  expect(attemptEvent(rejected)['error.type']).toBeUndefined();
  expect(attemptEvent({ ...rejected, tier: 'flex' })['outcome_router.service_tier']).toBe('flex');
  expect(attemptEvent({ ...climbed, status: 'provider-fault', httpStatus: 529 })['error.type']).toBe('529');
  const { httpStatus: _status, ...unanswered } = climbed;
  expect(attemptEvent({ ...climbed, status: 'provider-fault', httpStatus: 200 })['error.type']).toBe('provider-fault');
  expect(attemptEvent({ ...unanswered, status: 'connection' })['error.type']).toBe('connection');
});

test('an inference span uses the names and units of the GenAI semantic conventions', () => {
  expect(inference(climbed, 'anthropic')).toEqual({
    'outcome_router.model': 'premium',
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-opus-4-5',
    'gen_ai.response.model': 'claude-opus-4-5-20251101',
    'gen_ai.usage.input_tokens': 1_050,
    'gen_ai.usage.output_tokens': 300,
    'gen_ai.usage.cache_read.input_tokens': 0,
    'gen_ai.usage.cache_write.input_tokens': 50,
    'gen_ai.response.time_to_first_chunk': 0.25,
    'http.response.status_code': 200,
  });
  expect(inference(rejected, undefined)).toMatchObject({ 'gen_ai.usage.reasoning.output_tokens': 30 });
});

test('token counts include audio', () => {
  const usage = {
    input: 1,
    cacheRead: 2,
    cacheWrite1h: 4,
    inputAudio: 8,
    cacheReadAudio: 16,
    output: 32,
    outputAudio: 64,
  };
  expect([inputTokens(usage), cacheReadTokens(usage), outputTokens(usage)]).toEqual([31, 18, 96]);
});

describe('an outcome', () => {
  test('an outcome has a score of 1 or 0 and the name of its signal', () => {
    const stars = { source: 'explicit', success: true, signal: 'stars', value: 5 } as const;
    expect(evaluation(stars, intentWith(stars))).toEqual({
      'outcome_router.model': 'premium',
      'gen_ai.evaluation.name': 'stars',
      'gen_ai.evaluation.score.value': 1,
      'gen_ai.evaluation.score.label': 'success',
      'gen_ai.evaluation.explanation': 'explicit, value 5',
    });
    const ticket = { source: 'implicit', success: false, escalated: true } as const;
    expect(evaluation(ticket, intentWith(ticket))).toMatchObject({
      'gen_ai.evaluation.name': 'implicit',
      'gen_ai.evaluation.score.value': 0,
      'gen_ai.evaluation.explanation': 'implicit, escalated',
    });
  });

  test('an unknown outcome has no score', () => {
    const silence = { source: 'silence', success: null } as const;
    const attributes = evaluation(silence, intentWith(silence));
    expect(attributes['gen_ai.evaluation.score.label']).toBe('unknown');
    expect(attributes['gen_ai.evaluation.score.value']).toBeUndefined();
  });

  test('a failure has its recorded cost, or else the configured one', () => {
    const failed = { source: 'explicit', success: false } as const;
    expect(outcomeAttributes(intentWith(failed))['outcome_router.failure_cost_usd']).toBe(15);
    const recorded = { ...failed, costNanoUsd: 22_500_000_000 };
    expect(outcomeAttributes(intentWith(recorded))['outcome_router.failure_cost_usd']).toBe(22.5);
    const good = { source: 'explicit', success: true } as const;
    expect(outcomeAttributes(intentWith(good))['outcome_router.failure_cost_usd']).toBeUndefined();
  });
});

test('a thrown value is named by its type', () => {
  expect([thrownType(new TypeError('x')), thrownType('x')]).toEqual(['TypeError', 'unknown']);
});

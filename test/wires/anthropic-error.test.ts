import { describe, expect, test } from 'vitest';
import { readAnthropicError } from '../../src/wires/anthropic-error.ts';

const parameterOf = (json: unknown): string | undefined => readAnthropicError(json, 400)?.parameters?.[0]?.name;

describe('a 400 of Anthropic', () => {
  const error = (message: string) => ({ type: 'error', error: { type: 'invalid_request_error', message } });
  test.each([
    ['`temperature` is deprecated for this model.', 'temperature'],
    ['`top_k` is not supported on this model.', 'top_k'],
    ['`temperature` and `top_p` cannot both be specified for this model. Please use only one.', 'temperature'],
    ['speed: Extra inputs are not permitted', 'speed'],
  ])('the parameter is read from: %s', (message, parameter) => {
    expect(parameterOf(error(message))).toBe(parameter);
  });

  test.each([
    'This model does not support the effort parameter.',
    'messages.0.content.0.text: Extra inputs are not permitted',
    'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for this model',
    'messages: roles must alternate',
  ])('no parameter is named by: %s', message => {
    expect(parameterOf(error(message))).toBeUndefined();
  });

  test('an error of another type names no parameter', () => {
    const overloaded = { error: { type: 'overloaded_error', message: '`temperature` is deprecated for this model.' } };
    expect(parameterOf(overloaded)).toBeUndefined();
  });
});

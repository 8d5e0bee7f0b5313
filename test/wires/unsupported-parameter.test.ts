import { describe, expect, test } from 'vitest';
import { anthropicUnsupportedParameter, openaiUnsupportedParameter } from '../../src/wires/unsupported-parameter.ts';

describe('a 400 of OpenAI', () => {
  const error = (fields: Record<string, unknown>) => ({ error: { type: 'invalid_request_error', ...fields } });
  test('the parameter is read from `param`', () => {
    expect(openaiUnsupportedParameter(error({ code: 'unsupported_parameter', param: 'max_tokens' }))).toBe(
      'max_tokens',
    );
    expect(openaiUnsupportedParameter(error({ code: 'unsupported_value', param: 'temperature' }))).toBe('temperature');
  });

  test('the parameter is read from the message where `param` is empty', () => {
    const message = "Unsupported parameter: 'temperature' is not supported with this model.";
    expect(openaiUnsupportedParameter(error({ code: 'unsupported_parameter', param: null, message }))).toBe(
      'temperature',
    );
  });

  test('an error about a member of a parameter, or about anything else, names no parameter', () => {
    expect(openaiUnsupportedParameter(error({ code: 'unsupported_value', param: 'reasoning.effort' }))).toBeUndefined();
    expect(openaiUnsupportedParameter(error({ code: 'unsupported_value', param: 'messages[0].role' }))).toBeUndefined();
    expect(openaiUnsupportedParameter(error({ code: 'invalid_value', param: 'temperature' }))).toBeUndefined();
    expect(openaiUnsupportedParameter(error({ code: 'unsupported_parameter', param: null }))).toBeUndefined();
  });
});

describe('a 400 of Anthropic', () => {
  const error = (message: string) => ({ type: 'error', error: { type: 'invalid_request_error', message } });
  test.each([
    ['`temperature` is deprecated for this model.', 'temperature'],
    ['`top_k` is not supported on this model.', 'top_k'],
    ['`temperature` and `top_p` cannot both be specified for this model. Please use only one.', 'temperature'],
    ['speed: Extra inputs are not permitted', 'speed'],
  ])('the parameter is read from: %s', (message, parameter) => {
    expect(anthropicUnsupportedParameter(error(message))).toBe(parameter);
  });

  test.each([
    'This model does not support the effort parameter.',
    'messages.0.content.0.text: Extra inputs are not permitted',
    'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for this model',
    'messages: roles must alternate',
  ])('no parameter is named by: %s', message => {
    expect(anthropicUnsupportedParameter(error(message))).toBeUndefined();
  });

  test('an error of another type names no parameter', () => {
    const overloaded = { error: { type: 'overloaded_error', message: '`temperature` is deprecated for this model.' } };
    expect(anthropicUnsupportedParameter(overloaded)).toBeUndefined();
  });
});

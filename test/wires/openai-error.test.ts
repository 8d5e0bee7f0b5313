import { describe, expect, test } from 'vitest';
import { readOpenaiError } from '../../src/wires/openai-error.ts';

const parameterOf = (json: unknown): string | undefined => readOpenaiError(json, 400)?.parameters?.[0]?.name;

describe('a 400 of OpenAI', () => {
  const error = (fields: Record<string, unknown>) => ({ error: { type: 'invalid_request_error', ...fields } });
  test('the parameter is read from `param`', () => {
    expect(parameterOf(error({ code: 'unsupported_parameter', param: 'max_tokens' }))).toBe('max_tokens');
    expect(parameterOf(error({ code: 'unsupported_value', param: 'temperature' }))).toBe('temperature');
  });

  test('the parameter is read from the message where `param` is empty', () => {
    const message = "Unsupported parameter: 'temperature' is not supported with this model.";
    expect(parameterOf(error({ code: 'unsupported_parameter', param: null, message }))).toBe('temperature');
  });

  test('an error about a member of a parameter, or about anything else, names no parameter', () => {
    expect(parameterOf(error({ code: 'unsupported_value', param: 'reasoning.effort' }))).toBeUndefined();
    expect(parameterOf(error({ code: 'unsupported_value', param: 'messages[0].role' }))).toBeUndefined();
    expect(parameterOf(error({ code: 'invalid_value', param: 'temperature' }))).toBeUndefined();
    expect(parameterOf(error({ code: 'unsupported_parameter', param: null }))).toBeUndefined();
  });
});

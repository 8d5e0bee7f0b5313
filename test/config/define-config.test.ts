import { expect, test } from 'vitest';
import { defineConfig } from '../../src/config/define-config.ts';

test('defineConfig returns the object that it was given', () => {
  const config = { models: { mini: { provider: 'openai', model: 'gpt-5-mini' } }, features: {} } as const;
  expect(defineConfig(config)).toBe(config);
});

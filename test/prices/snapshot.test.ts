import { expect, test } from 'vitest';
import { withoutSnapshot } from '../../src/prices/snapshot.ts';

test.each([
  ['gpt-5-2025-08-07', 'gpt-5'],
  ['claude-opus-4-5-20251101', 'claude-opus-4-5'],
  ['claude-opus-4-5@20251101', 'claude-opus-4-5'],
  ['claude-3-opus-latest', 'claude-3-opus'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
  ['claude-sonnet-5-5', 'claude-sonnet-5-5'],
  ['gpt-5-2025', 'gpt-5-2025'],
  ['mistral-large-2411', 'mistral-large-2411'],
  ['gpt-4-1106-preview', 'gpt-4-1106-preview'],
])('%s is a snapshot of %s: dates and "latest" are dropped, versions are kept', (name, base) => {
  expect(withoutSnapshot(name)).toBe(base);
});

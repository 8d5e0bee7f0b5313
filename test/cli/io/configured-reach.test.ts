import { expect, test } from 'vitest';
import { configuredReach } from '../../../src/cli/io/configured-reach.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import { thompson } from '../../../src/policies/thompson.ts';

test('a configuration says which clients reach each plan: those that reach all its models', async () => {
  const reach = configuredReach(
    resolveConfig(
      {
        models: {
          mini: { provider: 'openai', model: 'gpt-5-mini' },
          haiku: { provider: 'anthropic', model: 'claude-haiku-4-5', apiKey: 'sk-endpoint' },
          opus: { provider: 'anthropic', model: 'claude-opus-4-8' },
        },
        features: { f: { candidates: ['mini', 'haiku', 'opus'], failureCostUsd: 1, validate: () => true } },
      },
      { policy: thompson() },
    ),
  );

  const { plans } = await reach.explain('f');
  expect(plans).toEqual(
    expect.arrayContaining([
      { plan: 'mini', clients: ['openai-chat', 'openai-responses'] },
      { plan: 'mini>haiku', clients: ['openai-chat', 'openai-responses'] },
      { plan: 'haiku>opus', clients: ['anthropic-messages'] },
      { plan: 'mini>haiku>opus', clients: [] },
    ]),
  );
  await expect(reach.explain('a feature of the ledger alone')).rejects.toThrow('a feature of the ledger alone');
});

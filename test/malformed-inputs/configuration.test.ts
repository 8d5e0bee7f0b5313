/** Every option of a configuration, given as every kind of value that it does not accept. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as spend from '../../src/cli/commands/spend.ts';
import { createRouter } from '../../src/create-router.ts';
import { routedLedger } from '../cli/commands/routed-ledger.ts';
import { runCommand } from '../cli/commands/run-command.ts';
import type { Loose } from '../support/refusal.ts';
import { contentOf, faultOfCommand, faultOfError } from './judge.ts';
import { spoiltOf } from './wrong-values.ts';

const CONFIG = {
  models: {
    mini: {
      provider: 'openai',
      model: 'gpt-4.1-mini',
      baseURL: 'https://models.example.com/v1',
      headers: { 'x-team': 'support' },
      apiKey: 'key',
      api: 'openai-chat',
      price: { inputUsdPerMillion: 0.2, outputUsdPerMillion: 0.8 },
      servedAs: ['my-deployment'],
      params: { maxOutputTokens: 2_000, temperature: 0, serviceTier: 'flex', body: { top_p: 0.9 } },
      transform: {
        rename: { max_tokens: 'max_completion_tokens' },
        drop: ['temperature'],
        dropValues: { service_tier: ['priority'] },
        clamp: { n: 2 },
      },
      lacks: ['images'],
      contextTokens: 32_000,
      cache: { ttlMs: 3_600_000, minTokens: 1_024 },
    },
    premium: { provider: 'openai', model: 'gpt-5', params: { effort: 'low' } },
  },
  features: {
    support: {
      candidates: ['mini', 'premium'],
      failureCostUsd: 15,
      objective: 'cost-per-intent',
      signals: { resolved: true },
      silence: { after: '1d', means: 'success', laterTurn: 'keeps' },
      outcomeOf: 'session',
      checks: { json: true, refusal: true, cutOff: true, empty: true },
      validateWithin: '5s',
      hold: 'until-verdict',
      release: 'output',
      onFiltered: 'next-model',
      stateless: true,
      prior: { mini: { success: 0.8, strength: 6 } },
      retries: 1,
      attemptTimeout: '20s',
      deadline: '60s',
      promptVersion: 'v3',
      sessionCosts: false,
      context: { tier: ['free', 'paid'], length: 'bucket', difficulty: { cuts: [0.3, 0.7] } },
      minSuccessRate: 0.85,
      latency: { within: '4s', fraction: 0.99 },
      budget: { usd: 50, per: 'day', onLimit: 'refuse', expectedIntents: 2_000 },
      holdout: { model: 'premium', fraction: 0.05 },
    },
    agent: {
      candidates: ['mini', 'premium'],
      accept: 'failure is free',
      objective: 'cost-per-success',
      returns: { within: '2h', means: 'failure' },
      maxTurns: 8,
      onStuck: 'learn',
      mode: 'route',
      ownModel: 'premium',
      rollout: 0.1,
    },
  },
  priceList: {
    source: 'our contract',
    asOf: '2026-11-28',
    models: [{ provider: 'openai', model: 'gpt-7', prices: [{ inputUsdPerMillion: 2, outputUsdPerMillion: 8 }] }],
  },
  budget: { usd: 500, per: 'month', onLimit: 'alert', expectedIntents: 20_000 },
  refresh: '10s',
  spool: 'router.spool.jsonl',
} as const;

/** What is right all the same. */
const RIGHT: readonly RegExp[] = [
  // Names that are the application's own, or the provider's.
  /^features\.(support|agent) is /,
  /\.(headers|rename|dropValues|clamp|signals|context)\.[^.]+ is /,
  // The provider's own parameters and values.
  /^models\.mini\.params\.body\./,
  /^models\.mini\.transform\.dropValues\.service_tier\.0 = /,
  /^models\.mini\.headers\.x-team = " ?"$/,
  /\.clamp\.n = -1$/,
  /\.cuts\.0 = -1$/,
];

/** If a name that is used in two places is changed in one of them, the error names the place where the first name is missing. */
const ELSEWHERE = /^models\.(mini|premium) is /;

const trials = [...spoiltOf(CONFIG)].filter(({ what }) => !RIGHT.some(right => right.test(what)));

test('the configuration is accepted before mistakes are put into it', () => {
  expect(() => createRouter(CONFIG)).not.toThrow();
});

test(`each of ${trials.length} mistakes in a configuration is one RouterError that says where it is and what is accepted`, () => {
  expect(trials.length).toBeGreaterThan(700);
  const faults: string[] = [];
  for (const { what, place, value } of trials) {
    try {
      (createRouter as Loose)(value);
      faults.push(`${what}: accepted`);
    } catch (error) {
      const fault = faultOfError(error, ELSEWHERE.test(what) ? ['features'] : place);
      if (fault !== undefined) faults.push(`${what}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
});

test('a command that reads a configuration with a mistake ends with one error that names the file', async () => {
  const { directory, ledger } = await routedLedger(1);
  const file = join(directory, 'mistaken.json');
  const inJson = trials.filter(({ what, place }) => place.length > 0 && !/ = (NaN|Infinity|10|Symbol.*)$/.test(what));
  const faults: string[] = [];
  for (const { what, value } of inJson.filter((_, index) => index % 25 === 0)) {
    writeFileSync(file, JSON.stringify(value));
    const before = contentOf(directory);
    const fault = faultOfCommand(await runCommand(spend, ['spend', ledger, '--config', file]), [file]);
    if (fault !== undefined) faults.push(`${what}: ${fault}`);
    if (contentOf(directory) !== before) faults.push(`${what}: something was written`);
  }
  rmSync(directory, { recursive: true });
  expect(faults).toEqual([]);
});

/** Steps between a direct call and a routed one: a `fetch` that is intercepted, and the least routing that keeps an account. */
import type OpenAI from 'openai';
import { withText } from '../../src/clients/reply-response.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { ReplyFacts, Wire } from '../../src/contracts/wire.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import type { Intent } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { attemptOf } from '../../src/engine/attempts/attempt.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { thompson } from '../../src/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { memory } from '../../src/stores/memory.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { client } from '../stubbed-client.ts';
import { MODELS, PLAIN } from './routers.ts';

/** Intercepts `fetch` without routing or recording: replaces the model's name, reads the reply and its usage, passes it on. */
export function seamAlone(wire: Wire, inner: typeof globalThis.fetch): typeof globalThis.fetch {
  return (async (url: string, init: RequestInit & { readonly body: string }) => {
    const facts = wire.read(init.body, 'feature:');
    if (facts === undefined) return inner(url, init);
    const { body } = wire.prepare(init.body, facts, 'gpt-5-mini');
    const response = await inner(url, { ...init, body });
    const text = await response.text();
    wire.reply(JSON.parse(text));
    return withText(response, text);
  }) as typeof globalThis.fetch;
}

/**
 * The least work of a router with a ledger: decides, replaces the model's name, reads the reply, and after the reply prices and
 * records one intent after the other. No retries, failover, verdict, handles, receipts, or calls that share an intent.
 */
export function leastRouter(inner: typeof globalThis.fetch): {
  readonly openai: OpenAI;
  readonly flush: () => Promise<void>;
} {
  const config = resolveConfig({ models: MODELS, features: { plain: PLAIN } }, { policy: thompson() });
  const runtime = systemRuntime(1);
  const store = memory();
  const feature = createEngine({ config, runtime, store, observers: [], hooks: {} }).feature('plain');
  const { failureCostNanoUsd } = feature.config;
  let unwritten: (() => Promise<void>)[] = [];

  const fetch = (async (url: string, init: RequestInit & { readonly body: string }) => {
    const facts = openaiChat.read(init.body, 'feature:');
    if (facts === undefined) return inner(url, init);
    const wants = { provider: 'openai', capabilities: () => facts.capabilities } as const;
    const [atMs, intentId, decision] = [
      runtime.nowMs(),
      runtime.newId(),
      feature.decide(wants, '', { failureCostNanoUsd }),
    ];
    const model = feature.models.get(decision.plan[0] as string) as ResolvedModel;
    const { body } = openaiChat.prepare(init.body, facts, model.providerModel);
    const started = runtime.elapsedMs();
    const response = await inner(url, { ...init, body });
    const text = await response.text();
    const latencyMs = runtime.elapsedMs() - started;
    unwritten.push(async () => {
      const { usage = {}, ...said } = openaiChat.reply(JSON.parse(text)) as ReplyFacts;
      const fact = { intentId, feature: 'plain', atMs };
      const versions = feature.versions();
      const decided = {
        ...fact,
        kind: 'decided',
        revision: 0,
        segment: '',
        decision,
        failureCostNanoUsd,
        versions,
      } as const;
      const attempt = attemptOf(
        {
          kind: 'first',
          requestId: intentId,
          turn: 1,
          model,
          node: model.name,
          startedAtMs: atMs,
          latencyMs,
          result: { status: 'ok', httpStatus: response.status, answer: { ...said, usage, provenance: 'reported' } },
        },
        () => {},
      );
      const records = [decided, { ...fact, kind: 'attempted', revision: 1, attempt } as const];
      const delta = contributionDelta(undefined, foldIntent(records) as Intent);
      await store.commitAll([{ intentId, feature: 'plain', expectedRevision: 0, records, delta, dueAtMs: null }]);
      feature.apply(delta);
    });
    return withText(response, text);
  }) as typeof globalThis.fetch;

  async function flush(): Promise<void> {
    const now = unwritten;
    unwritten = [];
    for (const write of now) await write();
  }
  return { openai: client(fetch), flush };
}

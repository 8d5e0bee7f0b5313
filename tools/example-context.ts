/** Names that examples in the documentation use without saying where they come from. Types only: nothing here runs. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Intent } from '../src/core/ledger.ts';
import type { Random } from '../src/core/random.ts';
import type { FeatureView, Policy } from '../src/policies/policy.ts';
import type { World } from '../src/replay/world.ts';
import { createRouter } from '../src/router.ts';
import type { Store } from '../src/stores/store.ts';

export { createRouter } from '../src/router.ts';
export { settle } from '../src/core/settle.ts';
export { resolvePrice } from '../src/prices/price-book.ts';
export { thompson } from '../src/policies/thompson.ts';

export const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini' },
  premium: { provider: 'openai', model: 'gpt-5' },
} as const;

export const features = {
  'support.reply': {
    candidates: ['mini', 'premium'],
    failureCostUsd: 15,
    signals: { resolved: true, contactedSupport: false, stars: (stars: number) => stars >= 4 },
  },
} as const;

const example = () => createRouter({ models, features });

export declare const router: ReturnType<typeof example>;
export declare const openai: OpenAI;
export declare const anthropic: Anthropic;
export declare const messages: OpenAI.ChatCompletionMessageParam[];
export declare const store: Store;
export declare const policy: Policy;
export declare const view: FeatureView;
export declare const world: World;
export declare const random: Random;
/** An intent as the ledger keeps it. */
export declare const intent: Intent;

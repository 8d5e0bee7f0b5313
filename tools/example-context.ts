/** Names that examples in the documentation use without importing them. Types only: nothing here runs. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { LearnedFeature } from '../src/core/beliefs/learned-feature.ts';
import type { Intent } from '../src/core/ledger/records.ts';
import type { Random } from '../src/core/math/random.ts';
import type { Cell } from '../src/core/cells/cell.ts';
import type { FeatureView, Policy } from '../src/contracts/policy.ts';
import type { LoggedDecision } from '../src/replay/ledger/logged-decision.ts';
import type { OutcomeTable } from '../src/replay/table/outcome-table.ts';
import type { World } from '../src/replay/worlds/world.ts';
import { createRouter } from '../src/create-router.ts';
import type { Store } from '../src/contracts/store.ts';

export { createRouter } from '../src/create-router.ts';
export { contributionDelta } from '../src/core/cells/contribution.ts';
export { sumsByPlan } from '../src/core/cells/sums.ts';
export { resolvePrice } from '../src/prices/price-book.ts';
export { contextual } from '../src/policies/contextual.ts';
export { fixed } from '../src/policies/fixed.ts';
export { thompson } from '../src/policies/thompson.ts';
export { readOutcomeTable } from '../src/replay/table/read-table.ts';
export type { LoggedDecision } from '../src/replay/ledger/logged-decision.ts';
export { replayLedger } from '../src/replay/ledger/replay-ledger.ts';
export { sqlite } from '../src/stores/sqlite.ts';

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
/** All cells of all features. */
export declare const cells: readonly Cell[];
export declare const learned: LearnedFeature;
/** Decisions with their outcomes, and a table of outcomes. */
export declare const log: readonly LoggedDecision[];
export declare const table: OutcomeTable;
export declare const isPast: (intent: number) => boolean;

/** The abilities of a model that change how a request is written for it. */
import type { Effort } from '../core/ledger/effort.ts';

export interface ModelAbilities {
  /** The most output tokens that the model gives; Anthropic's API needs a limit in every request. */
  readonly maxOutputTokens?: number | undefined;
  /** The effort levels that the model takes; none: it does not reason, or not by effort. */
  readonly efforts?: readonly Effort[] | undefined;
  /** How thinking is asked for, at Anthropic: by effort, by a budget of tokens, or not at all. */
  readonly thinking?: 'adaptive' | 'budget' | 'none' | undefined;
  /** False where the model refuses temperature, top_p and top_k. */
  readonly takesSampling?: boolean | undefined;
  /** Whether the model takes an instruction between turns. */
  readonly takesMidTurnSystem?: boolean | undefined;
  /** Whether the model takes explicit cache breakpoints in OpenAI's APIs. Absent: no, and the vendor places its own. */
  readonly takesCacheBreakpoints?: boolean | undefined;
  /** The endpoint still takes `max_tokens` only: many servers that speak OpenAI's chat API. */
  readonly limitName?: 'max_tokens' | 'max_completion_tokens' | undefined;
}

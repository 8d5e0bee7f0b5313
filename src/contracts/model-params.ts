/** What a configured model is always called with, whichever API a request is written for. */
import type { Effort } from '../core/ledger/effort.ts';

/**
 * Parameters that the router sets on every request to a model, in place of the caller's. Two configured models of one provider
 * model with other parameters are two candidates, each with statistics of its own.
 */
export interface ModelParams {
  /**
   * How much the model reasons. OpenAI: `reasoning_effort`, `reasoning.effort`. Anthropic: `output_config.effort` with adaptive
   * thinking, or a thinking budget for the models that have no effort; `none`: thinking is disabled.
   */
  readonly effort?: Effort;
  /** The most output tokens, reasoning included. */
  readonly maxOutputTokens?: number;
  /** 0 to 2 at OpenAI, 0 to 1 at Anthropic. */
  readonly temperature?: number;
  /** `service_tier`, as the provider names its tiers: `flex`, `priority`. */
  readonly serviceTier?: string;
  /** Tokens for thinking, 1,024 or more: Anthropic's API only. At most 80 % of the request's token limit are sent. */
  readonly thinkingBudget?: number;
  /**
   * Fields of the provider's own, JSON: `{ top_p: 0.9, provider: { order: ['groq'] } }`. A JSON merge patch (RFC 7396) of the
   * request: an object changes the members that it names, and null removes a field. A field that
   * another parameter sets is refused.
   */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** The parameters with one meaning in every API: all but `body`. */
export type NeutralParams = Omit<ModelParams, 'body'>;

/** What a vendor did for one request: the bill and the reply are made from it, independently of each other. */
import type { ModelName } from './published-rates.ts';

/** Tokens by the way they are charged, without overlap. `reasoning` is a part of `output`. */
export interface Tokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly audioInput: number;
  readonly output: number;
  readonly reasoning: number;
  readonly audioOutput: number;
}

export interface Call {
  readonly type: 'message' | 'compaction' | 'advisor_message' | 'fallback_message';
  readonly model: ModelName;
  readonly tokens: Tokens;
}

export interface ToolsUsed {
  /** Searches of the web, and pages opened or searched through, which cost nothing. */
  readonly searches: number;
  readonly pages: number;
  readonly fileSearches: number;
  /** Runs of code: the container of each. */
  readonly codeRuns: readonly string[];
  readonly computerCalls: number;
  readonly image?: { readonly text: number; readonly image: number; readonly output: number };
}

export type Dialect =
  | 'openai'
  | 'deepseek'
  | 'moonshot'
  | 'gemini'
  | 'xai'
  | 'groq'
  | 'litellm'
  | 'openrouter'
  | 'perplexity'
  | 'excluding'
  | 'xai-stated'
  | 'perplexity-stated';

export interface Sale {
  readonly api: 'chat' | 'responses' | 'messages';
  readonly dialect: Dialect;
  readonly isStreamed: boolean;
  readonly asked: ModelName;
  /** The vendor's text for the model in its reply. */
  readonly namedAs: string;
  /** Which model that text means; absent: a model without a known price. */
  readonly served?: ModelName;
  /** One call; several where the vendor lists them in the reply. */
  readonly calls: readonly Call[];
  readonly isItemised: boolean;
  readonly tier?: string;
  readonly speed?: string;
  readonly region?: string;
  readonly tools: ToolsUsed;
  /** Something the vendor says in the reply that no published rule has a price for. */
  readonly oddity?:
    | 'usage.tokens'
    | 'usage.details.tokens'
    | 'tool_usage'
    | 'output.item'
    | 'server_tool_use'
    | 'iteration'
    | 'image without counts'
    | 'svg';
  /** A refusal before any output. */
  readonly isRefused?: boolean;
  readonly stated?: {
    /** The decimal text in the reply; absent if the vendor left it out. */
    readonly usd?: string;
    /** The cost that the gateway states for the model, which is on another bill; `usd` is then the gateway's fee. */
    readonly upstreamUsd?: string | null;
  };
}

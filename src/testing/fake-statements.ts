/**
 * The statements of a scripted reply that decide its price: how it was served, the calls inside it, tools, a vendor's own usage.
 */
import type { FakeTokens } from './fake-tokens.ts';
import { FAKE_METERS } from './fake-tokens.ts';
import type { Json } from './fake-request.ts';
import { jsonObject } from './fake-request.ts';

/** How a reply was served. Default: as requested, where the model has a price for it. */
export interface FakeServed {
  /** The reply's `model`. It is charged at the price of the provider's model of this name, if there is one. */
  readonly model?: string;
  /** The reply's `service_tier`, as the vendor names it: `priority`, `ultrafast`. */
  readonly tier?: string;
  /** The `speed` in the usage of Messages. */
  readonly speed?: string;
  /** The `inference_geo` in the usage of Messages. */
  readonly region?: string;
}

/** One entry of `usage.iterations` of Messages: a call of its own on the bill. */
export interface FakeCall {
  /** `message`, `compaction`, `advisor_message`, `fallback_message`, or an unknown name. */
  readonly type: string;
  /** Default: the requested model. */
  readonly model?: string;
  readonly tokens: Readonly<Partial<FakeTokens>>;
  /**
   * The model declined in this category. The reply gets the block that hands over to the next call's model. Before any
   * output, only the categories `bio`, `frontier_llm` and `reasoning_extraction` are charged.
   */
  readonly declined?: string;
}

/** The part of a scripted reply that its price depends on. A stream states the same as a plain reply. */
export interface FakeStatements {
  readonly served?: FakeServed;
  /** The calls inside a reply of Messages. Its tokens are by default those of the messages in it, as the vendor counts them. */
  readonly calls?: readonly FakeCall[];
  /** The category in which a message declines to answer, its `stop_details`. For what is charged, see {@link FakeCall}. */
  readonly declined?: string;
  /** Further items of a response's output, or blocks of a message's content, as JSON. They are not charged. */
  readonly items?: readonly Json[];
  /** The `tool_usage` of a response, as JSON. It is not charged. */
  readonly toolUsage?: Json;
  /** The usage object of another vendor; or a function of the API's own. `tokens` are charged in any case. */
  readonly usage?: Json | ((usage: Json) => Json);
  /** The last change to the JSON of the reply, or of each event of its stream. */
  readonly edit?: (json: Json) => Json;
  /** The cost of the whole reply, in place of its tokens: USD as a decimal text. */
  readonly costUsd?: string;
}

/** The model and the terms with which the provider would serve a request. */
interface FakeTerms {
  readonly model: string;
  readonly tier: string;
  readonly speed?: string | undefined;
  readonly region?: string | undefined;
}

interface Stating {
  readonly states?: FakeStatements | undefined;
}

/** How the reply says that it was served. */
export function servedAs({ states }: Stating, { model, tier, speed, region }: FakeTerms): FakeTerms {
  return {
    model,
    tier,
    ...(speed === undefined ? {} : { speed }),
    ...(region === undefined ? {} : { region }),
    ...states?.served,
  };
}

/** The usage object that the reply carries. @param own the usage that the API itself would report */
export function reportedUsage({ states }: Stating, own: Json): Json {
  const { usage } = states ?? {};
  return typeof usage === 'function' ? usage(own) : (usage ?? own);
}

/** The text of an event whose JSON is edited. */
export function editedEvent(text: string, edit: (json: Json) => Json): string {
  return text.replace(/^data: (\{.*)$/m, (_, data: string) => `data: ${JSON.stringify(edit(jsonObject(data) ?? {}))}`);
}

const CHARGED_REFUSALS: ReadonlySet<string> = new Set(['bio', 'frontier_llm', 'reasoning_extraction']);

/** False for the input of a model of Messages that declined to answer, in most categories. */
export function isCharged({ declined, tokens }: Pick<FakeCall, 'declined' | 'tokens'>): boolean {
  return declined === undefined || (tokens.output ?? 0) > 0 || CHARGED_REFUSALS.has(declined);
}

/** The totals of a message with these calls: those of its own model, or of the fallback model that wrote the message. */
export function totalsOf(calls: readonly FakeCall[]): Partial<FakeTokens> {
  const isOwn = ({ type, declined }: FakeCall): boolean =>
    declined === undefined && (type === 'message' || type === 'fallback_message');
  const own = calls.filter(isOwn).map(({ tokens }) => tokens);
  if (own.length === 0) return {};
  return Object.fromEntries(
    FAKE_METERS.map(meter => [meter, own.reduce((sum, tokens) => sum + (tokens[meter] ?? 0), 0)]),
  );
}

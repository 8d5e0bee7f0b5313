/** A model of the fake provider: its price, the length of its replies, and how often they solve their task. */
import type { SeededRandom } from '../core/math/random.ts';
import type { FakeRequest, FakeTier, PlannedReply } from './fake-api.ts';
import type { FakeMeter, FakeTokens } from './fake-tokens.ts';
import { FAKE_METERS } from './fake-tokens.ts';
import type { FakePrice } from './fake-bill.ts';
import type { FakeCount } from './fake-count.ts';
import { drawCount } from './fake-count.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import type { FakeCapability, FakeVendor } from './fake-errors.ts';
import { schemaSample } from './schema-sample.ts';

/** Tokens of an exchange by meter; `reasoning` is a part of `output`. */
export type TokenCounts = Readonly<Partial<Record<FakeMeter | 'reasoning', FakeCount>>>;

/** A model of the fake provider. Only the price is required. */
export interface FakeModel {
  readonly price: FakePrice;
  /** Prices of other service tiers. A tier without a price here costs the same as standard and is reported as standard. */
  readonly tierPrices?: Readonly<Partial<Record<Exclude<FakeTier, 'standard'>, FakePrice>>>;
  /** Multipliers of the token prices, as decimals: `{ fast: '2' }`. A Messages request may ask for these speeds. */
  readonly speeds?: Readonly<Record<string, string>>;
  /** The same by region: `{ us: '1.1' }`. They multiply with tiers and speeds. */
  readonly regions?: Readonly<Record<string, string>>;
  /**
   * Tokens of an exchange, or a function of the task. Default input: characters of the request ÷ 4, a file by its vendor's rule; default output: 40 to
   * 80. An output limit in the request truncates the reply.
   */
  readonly tokens?: TokenCounts | ((task: FakeTask) => TokenCounts);
  /** Milliseconds before the reply. Default 0. */
  readonly latencyMs?: FakeCount;
  /** Probability that a reply solves its task, for all features or by feature (`'*'`: every other feature). Default 1. */
  readonly success?: number | Readonly<Record<string, number>>;
  /**
   * The visible text, after the marker {@link SOLVED} or {@link NOT_SOLVED}. Default: as many words as the output has tokens. A
   * reply to a request for JSON has no marker: a function's text is the whole reply, otherwise the reply is a value of the
   * schema.
   */
  readonly text?: string | ((task: FakeTask & { readonly solved: boolean }) => string);
  /** Number of events that a streamed text is split into. Default 8. */
  readonly pieces?: number;
  /** Whether the model calls a tool when the request has tools. Default true. */
  readonly callsTools?: boolean;
  /** Parameters that the model always refuses: `['temperature']`. A scripted reply ignores this. */
  readonly unsupported?: readonly string[];
  /** Accepted values of parameters; the model refuses all others: `{ reasoning_effort: ['low', 'high'] }`. */
  readonly supportedValues?: Readonly<Record<string, readonly unknown[]>>;
  /** The model refuses requests that need one of these. */
  readonly lacks?: readonly FakeCapability[];
  /** The model refuses longer requests; characters of the body ÷ 4, rounded up, count as tokens. Default: no limit. */
  readonly contextTokens?: number;
  /** The model refuses requests that ask for more output tokens. Default: no limit. */
  readonly maxOutputTokens?: number;
  /** The vendor whose wording the errors have. Default: the API's own vendor. */
  readonly vendor?: FakeVendor;
  /** How every reply and error is sent, unless a fault or a script overrides it. */
  readonly delivery?: FakeDelivery;
}

/** The task of a request, from tags in the user's last message. */
export interface FakeTask {
  /** `[feature:support.reply]`: chooses the probability in {@link FakeModel.success}. */
  readonly feature: string | undefined;
  /** `[task:17]`: the same task has the same result at the same model, in any order of requests. */
  readonly task: string | undefined;
  /** `[difficulty:0.4]`: exactly the models with a higher probability of success solve it. */
  readonly difficulty: number | undefined;
  /** `[refuse]`: the model declines. */
  readonly refuse: boolean;
  readonly request: FakeRequest;
}

export function taskOf(request: FakeRequest): FakeTask {
  const text = request.lastUserText;
  const difficulty = tag(text, 'difficulty');
  return {
    feature: tag(text, 'feature'),
    task: tag(text, 'task'),
    difficulty: difficulty === undefined ? undefined : Number(difficulty),
    refuse: text.includes('[refuse]'),
    request,
  };
}

function tag(text: string, name: string): string | undefined {
  return new RegExp(`\\[${name}:([^\\]]*)\\]`).exec(text)?.[1];
}

/** Begins the text of a reply that solves its task. */
export const SOLVED = '[solved]';
/** Begins the text of a reply that does not solve its task. */
export const NOT_SOLVED = '[not solved]';

export interface PlanOptions {
  readonly model: FakeModel;
  readonly request: FakeRequest;
  /** Length of the request's body. */
  readonly requestChars: number;
  /** Meters that the API cannot report; they count as 0. */
  readonly lacks: readonly FakeMeter[];
  readonly random: SeededRandom;
}

/** Plans a model's reply. The same random numbers give the same reply. */
export function planReply({ model, request, requestChars, lacks, random }: PlanOptions): PlannedReply {
  const task = taskOf(request);
  const solved = isSolved(model, task, random.fork('success'));
  const drawn = tokensOf(
    typeof model.tokens === 'function' ? model.tokens(task) : (model.tokens ?? {}),
    requestChars + request.rememberedChars,
    random.fork('tokens'),
  );
  const tokens: FakeTokens = { ...drawn, ...Object.fromEntries(lacks.map(meter => [meter, 0])) };
  const common = {
    thinking: request.thinks ? 'Let me think about it.' : undefined,
    refusal: undefined,
    toolCalls: [],
    pieces: model.pieces ?? 8,
  };
  if (task.refuse) {
    return { ...common, text: '', refusal: 'I cannot help with that.', finish: 'refusal', tokens, solved: undefined };
  }
  const tool = toolToCall(model, request);
  if (tool !== undefined) {
    const call = { name: tool.name, arguments: JSON.stringify(schemaSample(tool.schema, 'something')) };
    return { ...common, text: '', toolCalls: [call], finish: 'tool-calls', tokens, solved: undefined };
  }
  const text = textOf(model, task, solved, tokens.output - tokens.reasoning);
  const limit = request.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  if (tokens.output <= limit) return { ...common, text, finish: 'stop', tokens, solved };
  const cut = { ...tokens, output: limit, reasoning: Math.min(tokens.reasoning, limit) };
  const kept = Math.floor((text.length * (cut.output - cut.reasoning)) / (tokens.output - tokens.reasoning || 1));
  return { ...common, text: text.slice(0, kept), finish: 'length', tokens: cut, solved: false };
}

function isSolved(model: FakeModel, { feature, difficulty }: FakeTask, random: SeededRandom): boolean {
  const { success = 1 } = model;
  const probability = typeof success === 'number' ? success : (success[feature ?? '*'] ?? success['*'] ?? 1);
  return (difficulty ?? random.next()) < probability;
}

function tokensOf(tokens: TokenCounts, requestChars: number, random: SeededRandom): FakeTokens {
  const draw = (meter: FakeMeter | 'reasoning', fallback: FakeCount): number =>
    drawCount(tokens[meter] ?? fallback, random.fork(meter));
  const drawn = Object.fromEntries(FAKE_METERS.map(meter => [meter, draw(meter, 0)])) as Record<FakeMeter, number>;
  const reasoning = draw('reasoning', 0);
  return {
    ...drawn,
    input: draw('input', Math.ceil(requestChars / 4)),
    output: Math.max(draw('output', [40, 80]), reasoning),
    reasoning,
  };
}

function toolToCall({ callsTools = true }: FakeModel, request: FakeRequest): FakeRequest['tools'][number] | undefined {
  const { tools, toolChoice, endsWithToolResult } = request;
  if (toolChoice === 'none' || endsWithToolResult) return undefined;
  const forced = tools.find(({ name }) => name === toolChoice);
  return forced ?? (callsTools ? tools[0] : undefined);
}

const WORDS = 'the order was sent on monday and will arrive within three days so there is nothing left to do '.repeat(
  20,
);

function textOf({ text }: FakeModel, task: FakeTask, solved: boolean, tokens: number): string {
  const marker = solved ? SOLVED : NOT_SOLVED;
  const own = typeof text === 'function' ? text({ ...task, solved }) : text;
  if (task.request.schema !== undefined) {
    if (typeof text === 'function' && own !== undefined) return own;
    const schema = task.request.schema === true ? { type: 'object', properties: { answer: {} } } : task.request.schema;
    return JSON.stringify(schemaSample(schema, marker));
  }
  return `${marker} ${own ?? WORDS.slice(0, Math.max(0, tokens * 4 - marker.length - 1)).trimEnd()}`;
}

/** `router.run`: routes calls other than OpenAI- or Anthropic-shaped HTTP (an agent, a pipeline, another SDK). */
import type { FeatureConfig } from '../config/application.ts';
import type { ResolvedModel } from '../config/resolved.ts';
import type { ModelParams } from '../contracts/model-params.ts';
import { MAX_FACT_USD, toNanoUsd } from '../core/ledger/money.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { METERS } from '../core/ledger/usage.ts';
import type { Engine } from '../engine/engine.ts';
import type { Answer, Exchanged } from '../engine/attempts/exchange.ts';
import type { RoutedRequest } from '../engine/request/routed-request.ts';
import type { Receipt } from '../engine/state/receipts.ts';
import { checkNames, invalidValue } from '../errors.ts';
import type { FeatureHandle, IntentHandle } from './feature-handle.ts';
import { claim } from './claimed-handle.ts';
import type { IntentHandles } from './intent-handles.ts';
import { intentSlot, judgeSlot } from './slot.ts';
import { thrownFailure } from './thrown-error.ts';

/** What `router.run` passes to the application's function. */
export interface RunContext<ModelName extends string = string> {
  /** Configured name of the chosen model. */
  readonly model: ModelName;
  /** The provider's name of the chosen model. */
  readonly providerModel: string;
  /** The model's own parameters, for the call. */
  readonly params: ModelParams;
  /** Aborts when the caller aborts, at the attempt's time limit, and at the request's deadline. */
  readonly signal: AbortSignal;
  readonly intentId: string;
}

/**
 * The function's result: a value, with its usage (priced by the model's price) or its cost. A value that is not a count or an
 * amount of USD is ignored, and the cost is then an estimate, unless `costUsd` is valid.
 */
export type RunReply<Value> = { readonly value: Value } & (
  | { readonly usage: Usage; readonly costUsd?: never }
  | { readonly costUsd: number; readonly usage?: Usage }
);

export interface RunOptions<Feature extends FeatureConfig = FeatureConfig> {
  /** Default: a new intent. */
  readonly intent?: IntentHandle<Feature>;
  /** Aborts the call: the function gets it as `signal`. */
  readonly signal?: AbortSignal;
  /** Length of the prompt in characters, for the costs of a session: what later intents send again, and what a change of model costs. */
  readonly promptChars?: number;
}

export interface RunResult<Value, Feature extends FeatureConfig = FeatureConfig> {
  readonly value: Value;
  /** The intent of the call, for recording its outcome. */
  readonly intent: IntentHandle<Feature>;
  readonly receipt: Receipt;
}

export interface RunArguments<Value, Feature extends FeatureConfig> {
  readonly engine: Engine;
  readonly intents: IntentHandles;
  readonly handle: FeatureHandle<Feature>;
  readonly call: (context: RunContext) => Promise<RunReply<Value>>;
  readonly options: RunOptions<Feature>;
}

/** A call of the function as a request that the engine performs, and the result that the caller gets for its reply. */
export interface RunRequest<Value, Feature extends FeatureConfig> {
  readonly request: RoutedRequest<RunReply<Value>>;
  resultOf(reply: RunReply<Value>): RunResult<Value, Feature>;
}

/** @throws RouterError `invalid-value`, or the reason of a signal that is aborted already */
export function runRequest<Value, Feature extends FeatureConfig>(
  args: RunArguments<Value, Feature>,
): RunRequest<Value, Feature> {
  const { engine, handle, intents, options } = args;
  checkArguments(args);
  // The caller already aborted: call nothing and record nothing.
  options.signal?.throwIfAborted();
  const intent = options.intent ?? handle.intent();
  const handled = intents.get(intent.id);
  const request: RoutedRequest<RunReply<Value>> = {
    feature: engine.feature(handle.name),
    intentId: intent.id,
    isNew: handled !== undefined && claim(handled) === 'made',
    isNamed: true,
    options: handled?.options ?? {},
    requirements: { capabilities: () => new Set() },
    promptChars: options.promptChars,
    signal: options.signal,
    isStuck: () => intents.isStuck(intent.id),
    judgeSlot: (model, node) => judgeSlot(handle.name, intent.id, model, node),
    exchange: async (model, signal) => exchangeOf(args, intent.id, model, signal),
  };
  return {
    request,
    resultOf: reply => ({ value: reply.value, intent, receipt: engine.receipts.find(reply) as Receipt }),
  };
}

/** @throws RouterError `invalid-value` */
function checkArguments<Value, Feature extends FeatureConfig>({
  handle,
  call,
  options,
}: RunArguments<Value, Feature>): void {
  if (typeof call !== 'function') throw invalidValue(call, 'run.call', 'an async function of { model, signal, … }');
  checkNames(options, ['intent', 'signal', 'promptChars'], 'run');
  const { intent, signal, promptChars } = options;
  if (intent !== undefined && !isIntentOf(handle.name, intent))
    throw invalidValue(intent, 'run.intent', `a handle of an intent of "${handle.name}"`);
  if (promptChars !== undefined && !isCount(promptChars))
    throw invalidValue(promptChars, 'run.promptChars', 'a whole number from 0');
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalidValue(signal, 'run.signal', 'an AbortSignal');
}

function isIntentOf(feature: string, value: unknown): boolean {
  const { id = '', model } = (value ?? {}) as Partial<IntentHandle>;
  return model === intentSlot(feature, id);
}

async function exchangeOf<Value, Feature extends FeatureConfig>(
  { call, options, engine }: RunArguments<Value, Feature>,
  intentId: string,
  model: ResolvedModel,
  signal: AbortSignal | undefined,
): Promise<Exchanged<RunReply<Value>>> {
  try {
    const reply = await call({
      model: model.name,
      providerModel: model.providerModel,
      params: model.params ?? {},
      signal: signal ?? new AbortController().signal,
      intentId,
    });
    return { status: 'ok', reply, answer: answerOf(reply) };
  } catch (error) {
    if (options.signal?.aborted === true) return { status: 'aborted', error };
    if (signal?.aborted === true) return { status: 'timeout', error };
    return thrownFailure(error, engine.runtime.nowMs());
  }
}

/**
 * A reply is paid for even if the data beside its value is wrong: the wrong parts are named, and the cost is then an
 * estimate.
 */
function answerOf<Value>(reply: RunReply<Value>): Answer {
  if (typeof reply !== 'object' || reply === null || !('value' in reply))
    throw invalidValue(reply, 'run()', '{ value, usage } or { value, costUsd }');
  const { value, usage, costUsd, ...others } = reply;
  const hasCost = isUsd(costUsd);
  const counts = Object.entries(isUsage(usage) ? usage : {});
  const valid = counts.filter(([name, count]) => COUNTED.includes(name) && isCount(count));
  const unknown = [
    ...Object.keys(others),
    ...(hasCost || costUsd === undefined ? [] : ['costUsd']),
    // A count that the vendor left out, or that is not a number, is unknown rather than zero.
    ...counts.filter(each => !valid.includes(each)).map(([name]) => `usage.${name}`),
  ];
  const hasMeter = valid.some(([name]) => name !== 'reasoning');
  if (!hasMeter && !hasCost && unknown.length === 0) unknown.push('usage');
  return {
    usage: Object.fromEntries(valid),
    provenance: 'reported',
    ...(unknown.length === 0 ? {} : { unpriced: unknown.map(name => `run().${name}`) }),
    finish: 'stop',
    hasToolCalls: false,
    text: typeof value === 'string' ? value : '',
    ...(typeof value === 'string' ? {} : { value }),
    ...(hasCost ? { costNanoUsd: toNanoUsd(costUsd) } : {}),
  };
}

function isUsage(value: unknown): value is Usage {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}

function isUsd(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_FACT_USD;
}

/** A count may come from plain JavaScript, or from a vendor's reply as it is. */
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const COUNTED: readonly string[] = [...METERS, 'reasoning'];

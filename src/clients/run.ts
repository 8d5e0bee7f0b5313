/** `router.run`: routes calls other than OpenAI- or Anthropic-shaped HTTP (an agent, a pipeline, another SDK). */
import type { FeatureConfig } from '../config/application.ts';
import type { ResolvedModel } from '../config/resolved.ts';
import { toNanoUsd } from '../core/ledger/money.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { METERS } from '../core/ledger/usage.ts';
import type { Engine } from '../engine/engine.ts';
import type { Answer, Exchanged } from '../engine/attempts/exchange.ts';
import { performRequest } from '../engine/request/request.ts';
import type { RoutedRequest } from '../engine/request/routed-request.ts';
import type { Receipt } from '../engine/state/receipts.ts';
import { checkNames, invalidValue, RouterError } from '../errors.ts';
import type { FeatureHandle, IntentHandle } from './feature-handle.ts';
import type { IntentHandles } from './intent-handles.ts';
import { checkUsd } from './intent-input.ts';
import { intentSlot, judgeSlot } from './slot.ts';

/** What `router.run` passes to the application's function. */
export interface RunContext<ModelName extends string = string> {
  /** Configured name of the chosen model. */
  readonly model: ModelName;
  /** The provider's name of that model. */
  readonly providerModel: string;
  /** Aborted by the caller, at the attempt's time limit and at the request's deadline. */
  readonly signal: AbortSignal;
  readonly intentId: string;
}

/**
 * The function's result: a value, with its usage (priced by the model's price) or its cost. A count that is no whole number
 * from 0 is left out, and the cost is then an estimate, unless it is given.
 */
export type RunReply<Value> = { readonly value: Value } & (
  | { readonly usage: Usage; readonly costUsd?: never }
  | { readonly costUsd: number; readonly usage?: Usage }
);

export interface RunOptions<Feature extends FeatureConfig = FeatureConfig> {
  /** Default: a new intent. */
  readonly intent?: IntentHandle<Feature>;
  readonly signal?: AbortSignal;
}

export interface RunResult<Value, Feature extends FeatureConfig = FeatureConfig> {
  readonly value: Value;
  /** For recording the outcome. */
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

/** Rejects with the error that the function threw last when no attempt succeeded. */
export async function runRouted<Value, Feature extends FeatureConfig>(
  args: RunArguments<Value, Feature>,
): Promise<RunResult<Value, Feature>> {
  const { engine, handle, intents, options } = args;
  checkArguments(args);
  // The caller already aborted: call nothing and record nothing.
  options.signal?.throwIfAborted();
  const intent = options.intent ?? handle.intent();
  const known = intents.options(intent.id);
  const request: RoutedRequest<RunReply<Value>> = {
    feature: engine.feature(handle.name),
    intentId: intent.id,
    isNew: intents.claim(intent.id) === 'made',
    isNamed: true,
    options: known ?? {},
    requirements: { capabilities: () => new Set() },
    signal: options.signal,
    judgeSlot: (model, node) => judgeSlot(handle.name, intent.id, model, node),
    exchange: async (model, signal) => exchangeOf(args, intent.id, model, signal),
  };
  const reply = await performRequest(engine, request);
  return { value: reply.value, intent, receipt: engine.receipts.find(reply) as Receipt };
}

/** @throws RouterError `invalid-value` */
function checkArguments<Value, Feature extends FeatureConfig>({
  handle,
  call,
  options,
}: RunArguments<Value, Feature>): void {
  if (typeof call !== 'function') throw invalidValue(call, 'run.call', 'an async function of { model, signal, … }');
  checkNames(options, ['intent', 'signal'], 'run');
  const { intent, signal } = options;
  if (intent !== undefined && !isIntentOf(handle.name, intent))
    throw invalidValue(intent, 'run.intent', `a handle of an intent of "${handle.name}"`);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalidValue(signal, 'run.signal', 'an AbortSignal');
}

function isIntentOf(feature: string, value: unknown): boolean {
  const { id = '', model } = (value ?? {}) as Partial<IntentHandle>;
  return model === intentSlot(feature, id);
}

const NEVER: AbortSignal = new AbortController().signal;

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
      signal: signal ?? NEVER,
      intentId,
    });
    return { status: 'ok', reply, answer: answerOf(reply) };
  } catch (error) {
    if (options.signal?.aborted === true) return { status: 'aborted', error };
    if (signal?.aborted === true) return { status: 'timeout', error };
    const loaded = await import('./thrown-error.ts').catch(() => undefined);
    return loaded?.thrownFailure(error, engine.runtime.nowMs()) ?? { status: 'rejected-request', error };
  }
}

function answerOf<Value>(reply: RunReply<Value>): Answer {
  checkNames(reply, ['value', 'usage', 'costUsd'], 'run()');
  const { value, usage, costUsd } = reply;
  if (costUsd !== undefined) checkUsd(costUsd, 'run().costUsd');
  else if (usage === undefined) {
    throw new RouterError('invalid-value', 'the function returned neither usage nor costUsd', {
      path: 'run()',
      accepted: '{ value, usage } or { value, costUsd }',
    });
  }
  if (usage !== undefined) checkNames(usage, COUNTED, 'run().usage');
  const counts = Object.entries(usage ?? {});
  const valid = counts.filter(([, count]) => isCount(count));
  // A count that the vendor left out, or that is none, is unknown and not zero: the cost is then an estimate.
  const unknown = counts.filter(([, count]) => !isCount(count)).map(([meter]) => `run().usage.${meter}`);
  const hasMeter = counts.some(([name]) => name !== 'reasoning');
  if (!hasMeter && costUsd === undefined) unknown.push('run().usage');
  return {
    usage: Object.fromEntries(valid),
    provenance: 'reported',
    ...(unknown.length === 0 ? {} : { unpriced: unknown }),
    finish: 'stop',
    hasToolCalls: false,
    text: typeof value === 'string' ? value : '',
    ...(typeof value === 'string' ? {} : { value }),
    ...(costUsd === undefined ? {} : { costNanoUsd: toNanoUsd(costUsd) }),
  };
}

/** A count may come from plain JavaScript, or from a vendor's reply as it is. */
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const COUNTED: readonly string[] = [...METERS, 'reasoning'];
